import type { SheetTable } from './document.ts';
import { WIDTH, wrapped } from './text-lines.ts';
import { inAscii } from './visible.ts';

/** What a hand needs to write in, in lines. */
const BLANK_HEIGHT = 2;

/** A ruled table, in rows that stay together; the head stays with the first. */
export function tableText({ head, shares, rows }: SheetTable): string[][] {
  const widths = columnWidths(shares);
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const row = (cells: readonly string[], height: number): string[] => {
    const columns = cells.map((cell, place) => wrapped(inAscii(cell), widths[place]));
    const lines = Math.max(height, ...columns.map((column) => column.length));
    return Array.from({ length: lines }, (_, line) => {
      const parts = columns.map((column, place) => (column[line] ?? '').padEnd(widths[place] ?? 0));
      return `| ${parts.join(' | ')} |`;
    });
  };
  return rows.map((cells, place) => {
    const blank = cells.every((cell) => cell === '');
    const top = place === 0 ? [rule, ...row(head, 1), rule] : [];
    return [...top, ...row(cells, blank ? BLANK_HEIGHT : 1), rule];
  });
}

function columnWidths(shares: readonly number[]): number[] {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  // Each column has a blank on either side and a rule on its left; one more closes the row.
  const room = WIDTH - 3 * shares.length - 1;
  const widths = shares.map((share) => Math.floor((room * share) / whole));
  const used = widths.reduce((sum, width) => sum + width, 0);
  return widths.map((width, place) => (place === widths.length - 1 ? width + room - used : width));
}
