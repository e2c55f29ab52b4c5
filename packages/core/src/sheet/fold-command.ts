/** How a command goes on in the next line. */
const INDENT = '    ';

type Quote = "'" | '"' | null;

interface Place {
  readonly quote: Quote;
  /** Right behind a backslash that belongs to the next character. */
  readonly escaped: boolean;
}

/**
 * Breaks a command of the shell into lines of at most `width` characters that mean the same when they are typed
 * as they stand: between words where that can be, else within one, and then the next line must begin at the very
 * left.
 */
export function foldCommand(command: string, width: number): string[] {
  const places = placesIn(command);
  const lines: string[] = [];
  let start = 0;
  let before = '';
  while (before.length + command.length - start > width) {
    // Room for a closing quote and the backslash.
    const most = start + width - before.length - 2;
    const space = lastSpace(command, places, start, most);
    const end = space ?? lastPlace(places, most);
    const inQuotes = space === null && places[end]?.quote === "'";
    lines.push(`${before}${command.slice(start, end)}${inQuotes ? "'" : ''}\\`);
    before = space === null ? (inQuotes ? "'" : '') : INDENT;
    start = end;
  }
  return [...lines, before + command.slice(start)];
}

/** The state of the shell in front of each character. */
function placesIn(command: string): Place[] {
  let quote: Quote = null;
  let escaped = false;
  return Array.from(command, (character) => {
    const place = { quote, escaped };
    if (escaped) escaped = false;
    else if (character === '\\' && quote !== "'") escaped = true;
    else if (quote === character) quote = null;
    else if (quote === null && (character === "'" || character === '"')) quote = character;
    return place;
  });
}

/** Behind the last space between words that is not too near to the left to be worth it. */
function lastSpace(
  command: string,
  places: readonly Place[],
  start: number,
  most: number,
): number | null {
  for (let end = most; end > start + (most - start) / 3; end--) {
    const place = places[end - 1];
    if (command[end - 1] === ' ' && place?.quote === null && !place.escaped) return end;
  }
  return null;
}

function lastPlace(places: readonly Place[], most: number): number {
  return places[most]?.escaped === true ? most - 1 : most;
}
