import { encodePaddedBase64 } from '../encoding/base64.ts';
import { BEGIN, BYTES_PER_LINE, COLUMNS, END } from './format.ts';

// A multiple of a line, so that only the last piece can end in a short one.
const PIECE = 1024 * BYTES_PER_LINE;

/** Makes text of an age file, to be pasted or printed (C2SP age, "ASCII armor"). */
export function encodeArmor(file: Uint8Array): Uint8Array {
  return Buffer.from(`${BEGIN}\n${bodyLines(file)}${END}\n`, 'latin1');
}

/** The same, piece by piece; each result is the caller's. */
export async function* armorStream(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${BEGIN}\n`);
  const pending = new Uint8Array(PIECE);
  let filled = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + PIECE - filled);
      pending.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === PIECE) {
        yield Buffer.from(bodyLines(pending));
        filled = 0;
      }
    }
  }
  yield Buffer.from(`${bodyLines(pending.subarray(0, filled))}${END}\n`);
}

function bodyLines(bytes: Uint8Array): string {
  const text = encodePaddedBase64(bytes);
  let lines = '';
  for (let at = 0; at < text.length; at += COLUMNS) lines += `${text.slice(at, at + COLUMNS)}\n`;
  return lines;
}
