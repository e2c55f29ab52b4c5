/** The names that a backup's tar may hold, their order and their bounds: the one place that says so. */

export const README_PATH = 'README.txt';
/** Puts the shares of a quorum together; only in backups that have one. */
export const COMBINER_PATH = 'combine.py';
export const PAYLOAD_PATH = 'secret.age';
export const MANIFEST_PATH = 'backup.json';
export const SIGNATURE_PATH = 'backup.json.sig';

/** How many envelopes one backup may hold. */
export const MAX_ENVELOPES = 64;

/** How many custodians one quorum may have: each is one of the 255 places of the field that are not zero. */
export const MAX_CUSTODIANS = 255;

/** How many envelope files one backup may hold; shares of a quorum count one by one. */
export const MAX_ENVELOPE_FILES = 1024;

const KIB = 1024;

// Lower case only: no two of these names fall together on a file system that folds case.
const CUSTODIAN = '[a-z0-9][a-z0-9._-]{0,62}';
const CUSTODIAN_NAME = new RegExp(`^${CUSTODIAN}$`);
const ENVELOPE_PATH = new RegExp(`^envelopes/([1-9][0-9]{0,5})(?:/(${CUSTODIAN}))?\\.age$`);

/** Whether a custodian can be called that: it is part of a path. */
export function isCustodianName(name: string): boolean {
  return CUSTODIAN_NAME.test(name);
}

/** `envelopes/1.age`, or `envelopes/2/alice.age` for a custodian's share. */
export interface EnvelopePath {
  readonly index: number;
  readonly custodian: string | null;
}

export function envelopePath(index: number | string, custodian: string | null = null): string {
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

/**
 * Counts the envelopes of one backup, path by path; tells in words what there is too much of, and `null` while
 * everything fits.
 */
export function envelopeCounter(): (path: string) => string | null {
  const indexes = new Set<number>();
  let files = 0;
  return (path) => {
    const envelope = parseEnvelopePath(path);
    if (envelope === null) return null;
    indexes.add(envelope.index);
    files += 1;
    if (indexes.size > MAX_ENVELOPES) return `more than ${String(MAX_ENVELOPES)} envelopes`;
    return files > MAX_ENVELOPE_FILES
      ? `more than ${String(MAX_ENVELOPE_FILES)} shares and envelopes`
      : null;
  };
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
      return next === PAYLOAD_PATH || next === COMBINER_PATH;
    case COMBINER_PATH:
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
