import { decodePaddedBase64 } from '../encoding/base64.ts';
import { concat } from '../encoding/concat.ts';
import { ageError } from '../error.ts';
import { BEGIN, BYTES_PER_LINE, COLUMNS, END, MAX_WHITESPACE } from './format.ts';

// The longest line of all, with CR and LF; only white space before the armor may be longer.
const MAX_LINE = COLUMNS + 2;

/**
 * Makes an age file of armored text. Strict, as the format asks: full lines but the last, canonical
 * base64 with padding, nothing but white space around. Throws ARMOR_INVALID.
 */
export function decodeArmor(text: Uint8Array): Uint8Array {
  const reader = armorReader();
  const head = reader.push(text);
  const tail = reader.end();
  return concat([head, tail]);
}

/** The same, piece by piece; throws ARMOR_INVALID at the end when the armor is not complete. */
export async function* dearmorStream(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const reader = armorReader();
  for await (const text of source) {
    const bytes = reader.push(text);
    if (bytes.length > 0) yield bytes;
  }
  const bytes = reader.end();
  if (bytes.length > 0) yield bytes;
}

interface ArmorReader {
  /** Returns what the text so far decodes to, beyond what was returned before. */
  push(text: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

type Part = 'before' | 'body' | 'last line read' | 'after';

function armorReader(): ArmorReader {
  let rest = Buffer.alloc(0);
  let part: Part = 'before';
  let whitespace = 0;

  /** One line without its line end; returns what it decodes to, if it is of the body. */
  const take = (line: string, length: number): Uint8Array | null => {
    if (part === 'after' || (part === 'before' && isBlank(line))) {
      whitespace += length;
      if (!isBlank(line)) throw invalid('something other than white space follows the armor');
      if (whitespace > MAX_WHITESPACE) throw invalid('too much white space surrounds the armor');
      return null;
    }
    if (part === 'before') {
      if (line !== BEGIN) throw invalid(`the first line is not ${BEGIN}`);
      part = 'body';
      return null;
    }
    if (line === END) {
      part = 'after';
      whitespace = 0;
      return null;
    }
    const bytes = part === 'body' && line.length <= COLUMNS ? decodePaddedBase64(line) : null;
    if (bytes === null || bytes.length === 0) throw invalid('a line of the armor is malformed');
    if (bytes.length < BYTES_PER_LINE) part = 'last line read';
    return bytes;
  };

  const takeAll = (text: Buffer, atEnd: boolean): { taken: number; bytes: Uint8Array } => {
    const decoded: Uint8Array[] = [];
    let taken = 0;
    while (taken < text.length) {
      const newline = text.indexOf(0x0a, taken);
      if (newline === -1 && !atEnd) break;
      const end = newline === -1 ? text.length : newline;
      const next = newline === -1 ? text.length : newline + 1;
      const lineEnd = newline !== -1 && text[end - 1] === 0x0d && end > taken ? end - 1 : end;
      const bytes = take(text.toString('latin1', taken, lineEnd), next - taken);
      if (bytes !== null) decoded.push(bytes);
      taken = next;
    }
    return { taken, bytes: concat(decoded) };
  };

  return {
    push(text) {
      const all = Buffer.concat([rest, text]);
      const { taken, bytes } = takeAll(all, false);
      rest = Buffer.from(all.subarray(taken));
      const limit = part === 'before' || part === 'after' ? MAX_WHITESPACE : MAX_LINE;
      if (rest.length > limit) throw invalid('a line of the armor is too long');
      return bytes;
    },
    end() {
      const { bytes } = takeAll(rest, true);
      if (part !== 'after') throw invalid('the armor has no last line');
      return bytes;
    },
  };
}

function isBlank(line: string): boolean {
  return /^[ \t\r]*$/.test(line);
}

function invalid(message: string): Error {
  return ageError('ARMOR_INVALID', message);
}
