import type { SheetBlock, SheetDocument, SheetSection } from './document.ts';
import { codesNeedHtml } from './codes.ts';
import { foldCommand } from './fold-command.ts';
import { WIDTH, wrapped } from './text-lines.ts';
import { tableText } from './text-table.ts';
import { inAscii } from './visible.ts';

/** Lines above the foot of a page: A4 and Letter both have room for them. */
const LINES = 56;

const LABEL_WIDTH = 12;

/** Lines that stay together on a page. */
interface Chunk {
  readonly lines: readonly string[];
  /** `close`: right below what is above. */
  readonly begins: 'page' | 'below' | 'close';
}

/** A sheet in ASCII for any printer, 78 columns wide; a form feed stands between its pages. */
export function sheetText({ title, lead, notices, sections, foot }: SheetDocument): string {
  const head = [
    'EMERGENCY SHEET',
    '',
    ...wrapped(inAscii(title)),
    '='.repeat(WIDTH),
    ...wrapped(lead),
  ];
  const chunks: Chunk[] = [
    { lines: head, begins: 'page' },
    ...notices.map((text) => below(wrapped(`!! ${text}`, WIDTH, '   '))),
    ...sections.flatMap(sectionChunks),
  ];
  const isChanged = chunks.some(({ lines }) => lines.some((line) => /\\u\{|\\\\/.test(line)));
  const pages = pagesOf(isChanged ? [...chunks, below(LEGEND)] : chunks);
  return pages
    .map((lines, place) => {
      const number = `page ${String(place + 1)} of ${String(pages.length)}`;
      return `${lines.join('\n')}\n\n${foot.padEnd(WIDTH - number.length)}${number}\n`;
    })
    .join('\f');
}

const LEGEND = [
  '\\u{e9} and the like stand for one character, by its number in Unicode: it is',
  'none of ASCII. A backslash is doubled. Commands are typed as they stand.',
];

function sectionChunks({ title, begins, blocks }: SheetSection): Chunk[] {
  const cut = begins === 'tear-off' ? ['- '.repeat(WIDTH / 2).trimEnd(), ''] : [];
  const heading = [...cut, title.toUpperCase(), '-'.repeat(title.length)];
  const typed = begins === 'page' && blocks.some(({ kind }) => kind === 'commands');
  const [first = below([]), ...rest] = [
    ...(typed ? [below(wrapped(TYPING))] : []),
    ...blocks.flatMap(blockChunks),
  ];
  // A heading does not stand alone at the end of a page.
  const chunks = [
    { lines: [...heading, ...first.lines], begins: begins === 'page' ? 'page' : 'below' } as const,
    ...rest,
  ];
  return begins === 'tear-off' ? [joined(chunks)] : chunks;
}

const TYPING =
  'Type each line as it stands, a \\ at its end as well, and from the very left where it begins there.';

function blockChunks(block: SheetBlock): Chunk[] {
  switch (block.kind) {
    case 'words':
      // Ours, or of README.txt: ASCII as it is.
      return [below(wrapped(block.text))];
    case 'facts':
      return [below(block.rows.flatMap(([label, value]) => fact(label, value)))];
    case 'signer':
      return [below(signerLines(block.words))];
    case 'commands':
      return [below(block.lines.flatMap(foldedLines))];
    case 'table':
      return tableText(block).map((lines, place) => ({
        lines,
        begins: place === 0 ? 'below' : 'close',
      }));
    case 'codes':
      throw codesNeedHtml();
  }
}

function below(lines: readonly string[]): Chunk {
  return { lines, begins: 'below' };
}

function joined(chunks: readonly Chunk[]): Chunk {
  return below(
    chunks.flatMap(({ lines, begins }, place) => [
      ...(place > 0 && begins === 'below' ? [''] : []),
      ...lines,
    ]),
  );
}

function fact(label: string, value: string): string[] {
  const indent = ' '.repeat(LABEL_WIDTH);
  const [first = '', ...rest] = wrapped(inAscii(value), WIDTH - LABEL_WIDTH, '  ');
  return [`${label.padEnd(LABEL_WIDTH)}${first}`, ...rest.map((line) => indent + line)];
}

/** Six words a line can be read aloud without losing the place. */
function signerLines(words: readonly string[]): string[] {
  const cells = words.map((word, place) => `${String(place + 1).padStart(2)} ${word}`.padEnd(12));
  return Array.from({ length: Math.ceil(cells.length / 6) }, (_, line) =>
    `    ${cells.slice(line * 6, line * 6 + 6).join('')}`.trimEnd(),
  );
}

const COMMAND_INDENT = '    ';

/** A line that must begin at the very left is not indented. */
function foldedLines(command: string): string[] {
  const lines = foldCommand(command, WIDTH - COMMAND_INDENT.length);
  return lines.map((line, place) => {
    const atLeft = place > 0 && !line.startsWith(' ');
    return atLeft ? line : COMMAND_INDENT + line;
  });
}

function pagesOf(chunks: readonly Chunk[]): string[][] {
  const pages: string[][] = [];
  for (const { lines, begins } of chunks) {
    const page = pages.at(-1);
    const gap = begins === 'close' ? [] : [''];
    const fits = page !== undefined && page.length + gap.length + lines.length <= LINES;
    if (begins === 'page' || !fits) pages.push([...lines]);
    else page.push(...gap, ...lines);
  }
  return pages.flatMap(cutToPages);
}

/** A chunk that is longer than a page is cut after all. */
function cutToPages(page: readonly string[]): string[][] {
  if (page.length <= LINES) return [[...page]];
  return [page.slice(0, LINES), ...cutToPages(page.slice(LINES))];
}
