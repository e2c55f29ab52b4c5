import { ageError } from '../error.ts';
import { MAX_HEADER, MAX_LINE } from './limits.ts';

const INTRO = Buffer.from('age-encryption.org/');
const NEWLINE = 0x0a;
const DASH = 0x2d;

/** How far a header has been searched for its end, so that nothing is searched twice. */
export interface ScanState {
  lineStart: number;
  searched: number;
}

/**
 * Where the header that `file` begins with ends, or `null` when more bytes are needed.
 * Gives up as soon as this cannot be an age file, or its header exceeds the limits.
 */
export function findHeaderEnd(
  file: Uint8Array,
  state: ScanState = { lineStart: 0, searched: 0 },
): number | null {
  const bytes = file.subarray(0, MAX_HEADER + 1);
  if (!startsLikeAge(bytes)) throw ageError('NOT_AGE', 'this does not begin like an age file');
  for (;;) {
    const newline = bytes.indexOf(NEWLINE, state.searched);
    const lineEnd = newline === -1 ? bytes.length : newline + 1;
    if (lineEnd - state.lineStart > MAX_LINE || lineEnd > MAX_HEADER) {
      throw ageError('AGE_HEADER_INVALID', 'the header is longer than any real one');
    }
    state.searched = lineEnd;
    if (newline === -1) return null;
    if (isMacLine(bytes, state.lineStart)) return lineEnd;
    state.lineStart = lineEnd;
  }
}

/**
 * How many bytes may be read at least without reading past the header: a MAC line is still to come,
 * or to be completed. Lets a header be read from a pipe that something else reads on from.
 */
export function bytesSurelyMissing(bytes: Uint8Array, state: ScanState): number {
  const macLine = '--- '.length + 43 + '\n'.length;
  const inLine = bytes.length - state.lineStart;
  const mayBeMacLine = bytes
    .subarray(state.lineStart, state.lineStart + 3)
    .every((b) => b === DASH);
  return mayBeMacLine ? Math.max(1, macLine - inLine) : macLine;
}

/** What to say when the bytes end before the header does. */
export function headerCutShort(bytes: Uint8Array): Error {
  return bytes.length < INTRO.length
    ? ageError('NOT_AGE', 'this is too short to be an age file')
    : ageError('AGE_HEADER_INVALID', 'the header of the age file is cut short');
}

function startsLikeAge(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, INTRO.length);
  return INTRO.subarray(0, length).equals(bytes.subarray(0, length));
}

function isMacLine(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === DASH && bytes[at + 1] === DASH && bytes[at + 2] === DASH;
}
