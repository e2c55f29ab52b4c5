import { encodeQR } from 'qr';

/** White around a code, in squares: readers want four. */
const MARGIN = 4;

export interface QrCode {
  /** Squares along one side, its margin included. */
  readonly size: number;
  /** The black squares as an SVG path. */
  readonly path: string;
}

/** Draws a text of capitals, digits and ` $%*+-./:`; up to a seventh of the code may be spoilt. */
export function qrCode(text: string): QrCode {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', encoding: 'alphanumeric', border: MARGIN });
  const path = rows.flatMap((row, y) => runs(row).map(([x, width]) => square(x, y, width)));
  return { size: rows.length, path: path.join('') };
}

function square(x: number, y: number, width: number): string {
  return `M${String(x)} ${String(y)}h${String(width)}v1h-${String(width)}z`;
}

/** Where black begins, and how far it goes. */
function runs(row: readonly boolean[]): [start: number, width: number][] {
  const found: [number, number][] = [];
  for (const [x, black] of row.entries()) {
    const last = found.at(-1);
    if (!black) continue;
    if (last !== undefined && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  }
  return found;
}
