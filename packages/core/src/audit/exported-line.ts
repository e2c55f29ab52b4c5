import type { AuditEntry, SignedHead } from '@holdfast/catalog';

/** One line of an exported audit log: an entry, or the signed head that vouches for all before it. */
export type ExportedLine =
  | { readonly kind: 'entry'; readonly entry: AuditEntry }
  | { readonly kind: 'head'; readonly head: SignedHead };

/** In ASCII, so that nobody who reads it takes a part of a text for the end of a line. */
export function writeLine(line: ExportedLine): string {
  const text = JSON.stringify(line.kind === 'entry' ? line.entry : { head: line.head });
  return text.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `null` for what is neither. Whether it is true is another question. */
export function parseLine(text: string): ExportedLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  if ('head' in value) {
    const { head } = value;
    return Object.keys(value).length === 1 && isHead(head) ? { kind: 'head', head } : null;
  }
  return isEntry(value) ? { kind: 'entry', entry: value } : null;
}

const OF_ENTRY = ['sequence', 'previous', 'hash', 'id', 'time', 'actor', 'event'];

/** Nothing beside what its hash covers: a name more would be taken for a part of it. */
function isEntry(value: object): value is AuditEntry {
  const entry = value as Record<keyof AuditEntry, unknown>;
  return (
    Object.keys(value).length === OF_ENTRY.length &&
    OF_ENTRY.every((name) => Object.hasOwn(value, name)) &&
    isSequence(entry.sequence) &&
    [entry.previous, entry.hash, entry.id, entry.time].every((it) => typeof it === 'string') &&
    isObject(entry.actor) &&
    isObject(entry.event)
  );
}

function isHead(value: unknown): value is SignedHead {
  if (!isObject(value)) return false;
  const head = value as Record<keyof SignedHead, unknown>;
  return (
    isSequence(head.sequence) &&
    [head.hash, head.time, head.signature].every((it) => typeof it === 'string')
  );
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
