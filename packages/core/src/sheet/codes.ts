import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { coreError } from '../errors.ts';

/** A backup as texts for QR codes. */
export interface SheetCodes {
  /** Each says whose and which part it is; only capitals, digits and a few signs, which QR codes hold most of. */
  readonly texts: readonly string[];
  /** Of the whole backup. */
  readonly sha256: string;
  readonly size: number;
}

/** More is no sheet any more, but a book. */
export const MOST_CODES = 24;

/** Characters of the backup in one code: the squares are large enough for any camera, and four stand on a page. */
const MOST_IN_CODE = 1000;

/** A backup that is larger than this does not fit, however well it can be compressed: most of it cannot. */
export const LARGEST_BACKUP = 1024 * 1024;

/** @throws SHEET_TOO_LARGE */
export async function codesOf(backup: Uint8Array, id: string): Promise<SheetCodes> {
  const text = base32(inFives(await promisify(gzip)(backup, { level: 9 })));
  const count = Math.ceil(text.length / MOST_IN_CODE);
  if (count > MOST_CODES) throw tooLarge(`${String(count)} codes would hold this backup`);
  const length = Math.ceil(text.length / count);
  const number = (part: number): string => String(part).padStart(2, '0');
  return {
    texts: Array.from(
      { length: count },
      (_, part) =>
        `${codeMark(id)}${number(part + 1)}/${number(count)} ${text.slice(part * length, (part + 1) * length)}`,
    ),
    sha256: createHash('sha256').update(backup).digest('hex'),
    size: backup.length,
  };
}

/** What each code of a backup begins with. */
export function codeMark(id: string): string {
  return `HOLDFAST ${id.slice(0, 8).toUpperCase()} `;
}

/** Put the texts of the codes, in any order and repeated, together with what every Unix has. */
export function joinCommands(id: string, backup: string): string[] {
  return [
    `grep -o '${codeMark(id)}.*' codes.txt | tr -d '\\r' | sort -u > parts.txt`,
    `cut -d ' ' -f 4 parts.txt | tr -d '\\n' | base32 -d | gunzip > ${backup}`,
  ];
}

export function tooLarge(fact: string): Error {
  return coreError('SHEET_TOO_LARGE', `${fact}; a sheet has room for ${String(MOST_CODES)}`);
}

/** Squares of a QR code are no characters. */
export function codesNeedHtml(): Error {
  return coreError('USAGE', 'QR codes are drawn on a sheet in HTML only: --format html');
}

/**
 * The same gzip file, in a number of bytes that base32 needs no `=` for: dense QR codes have no such sign. It is
 * made longer by the name of a file in its header, which `gunzip` does not use (RFC 1952, FNAME).
 */
function inFives(packed: Uint8Array): Uint8Array {
  const missing = (5 - (packed.length % 5)) % 5;
  if (missing === 0) return packed;
  const name = Buffer.from(`${'tar'.slice(0, missing - 1)}\0`);
  const longer = Buffer.concat([packed.subarray(0, HEADER), name, packed.subarray(HEADER)]);
  longer[FLAGS] = FNAME;
  return longer;
}

/** Of the header that zlib writes, without any of what may be left out. */
const HEADER = 10;
const FLAGS = 3;
const FNAME = 0x08;

/** RFC 4648, of a multiple of five bytes: what `base32 -d` reads, and most of what a QR code can hold at best. */
function base32(bytes: Uint8Array): string {
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31] ?? '';
    held &= (1 << bits) - 1;
  }
  return text;
}
