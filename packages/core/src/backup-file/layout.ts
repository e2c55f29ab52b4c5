/** The names that a backup's tar may hold, their order and their bounds: the one place that says so. */

export const README_PATH = 'README.txt';
export const PAYLOAD_PATH = 'secret.age';
export const MANIFEST_PATH = 'backup.json';
export const SIGNATURE_PATH = 'backup.json.sig';

/** How many envelope files one backup may hold; shares of a quorum count one by one. */
export const MAX_ENVELOPE_FILES = 64;

const KIB = 1024;

// Lower case only: no two of these names fall together on a file system that folds case.
const ENVELOPE_PATH = /^envelopes\/([1-9][0-9]{0,5})(?:\/([a-z0-9][a-z0-9._-]{0,62}))?\.age$/;

/** `envelopes/1.age`, or `envelopes/2/alice.age` for a custodian's share. */
export interface EnvelopePath {
  readonly index: number;
  readonly custodian: string | null;
}

export function envelopePath(index: number, custodian: string | null = null): string {
  return custodian === null
    ? `envelopes/${String(index)}.age`
    : `envelopes/${String(index)}/${custodian}.age`;
}

/** `null` for anything that does not name an envelope file. */
export function parseEnvelopePath(path: string): EnvelopePath | null {
  const match = ENVELOPE_PATH.exec(path);
  if (match === null) return null;
  return { index: Number(match[1]), custodian: match[2] ?? null };
}

/** The most bytes that a part may have, `null` for the payload, which has no bound of its own. */
export function sizeLimit(path: string): number | null {
  if (path === PAYLOAD_PATH) return null;
  if (path === MANIFEST_PATH) return 16 * KIB * KIB;
  if (path === SIGNATURE_PATH) return 4 * KIB;
  return 64 * KIB;
}

/** Whether `next` may stand right behind `previous` (`null`: at the beginning of the archive). */
export function mayFollow(previous: string | null, next: string): boolean {
  switch (previous) {
    case null:
      return next === README_PATH;
    case README_PATH:
      return next === PAYLOAD_PATH;
    case PAYLOAD_PATH:
      return parseEnvelopePath(next) !== null;
    case MANIFEST_PATH:
      return next === SIGNATURE_PATH;
    case SIGNATURE_PATH:
      return false;
    default:
      return next === MANIFEST_PATH || comesAfter(next, previous);
  }
}

/** Whether the archive may end behind `previous`. */
export function mayEnd(previous: string | null): boolean {
  return previous === MANIFEST_PATH || previous === SIGNATURE_PATH;
}

function comesAfter(next: string, previous: string): boolean {
  const a = parseEnvelopePath(previous);
  const b = parseEnvelopePath(next);
  if (a === null || b === null) return false;
  if (a.index !== b.index) return b.index > a.index;
  // An index is one file or a folder of shares, never both.
  return a.custodian !== null && b.custodian !== null && b.custodian > a.custodian;
}
