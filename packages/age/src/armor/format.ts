export const BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';
export const END = '-----END AGE ENCRYPTED FILE-----';
export const COLUMNS = 64;
export const BYTES_PER_LINE = 48;

/** White space that may surround the armor, as much as stock age takes. */
export const MAX_WHITESPACE = 1024;

/** Of what begins with this we say that it is armored. */
const INTRO = '-----BEGIN AGE';

/**
 * Whether this is armored text and not the age file itself, judging by its beginning.
 * Nothing else is checked.
 */
export function isArmored(beginning: Uint8Array): boolean {
  return detectArmor(beginning) === 'armor';
}

/** `unknown`: more of the beginning is needed to tell. */
export function detectArmor(beginning: Uint8Array): 'armor' | 'binary' | 'unknown' {
  const text = Buffer.from(beginning.subarray(0, MAX_WHITESPACE + INTRO.length)).toString('latin1');
  const start = text.search(/[^ \t\r\n]/);
  if (start === -1) return beginning.length > MAX_WHITESPACE ? 'binary' : 'unknown';
  if (text.startsWith(INTRO, start)) return 'armor';
  return INTRO.startsWith(text.slice(start)) ? 'unknown' : 'binary';
}
