import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { catalogError } from '../errors.ts';
import type { CatalogEvent, Subject } from '../events.ts';
import type { AuditEntry, RecordedEvent } from '../ports.ts';
import type { AuditTable } from '../schema/tables.ts';
import { canonicalJson } from './canonical.ts';

/** What an entry can be about, in columns of its own. */
export const SUBJECTS = [
  'secret',
  'backup',
  'copy',
  'medium',
  'token',
  'custodian',
  'job',
] as const satisfies readonly (keyof Subject)[];

/** What the first entry names as the one before it. */
export const NO_ENTRY = '0'.repeat(64);

/** Where an entry stands in the chain. */
export type Link = Pick<AuditEntry, 'sequence' | 'previous'>;

/**
 * SHA-256 of an entry, in hex, over the UTF-8 of its canonical JSON without `hash`. That holds `sequence`, `previous`,
 * `id`, `time`, `actor` and `event`, so that none of them changes without the hash.
 */
export function entryHash({
  sequence,
  previous,
  id,
  time,
  actor,
  event,
}: Omit<AuditEntry, 'hash'>): string {
  const text = canonicalJson({ sequence, previous, id, time, actor, event });
  return createHash('sha256').update(text).digest('hex');
}

/** The event, as `storable()` leaves it, as the next entry of the chain. */
export function entryOf({ id, time, actor, event }: RecordedEvent, link: Link): AuditEntry {
  // Through JSON, so that what is hashed now is what will be read again.
  const plain = JSON.parse(canonicalJson({ ...link, id, time, actor, event })) as Omit<
    AuditEntry,
    'hash'
  >;
  return { ...plain, hash: entryHash(plain) };
}

export function rowOfEntry(entry: AuditEntry): Selectable<AuditTable> {
  const { sequence, id, time, actor, event, previous, hash } = entry;
  const { action, outcome, detail } = event;
  const about = Object.fromEntries(SUBJECTS.map((name) => [name, event[name] ?? null])) as Record<
    keyof Subject,
    string | null
  >;
  return {
    ...{ sequence, id, time, action, outcome, previous, hash },
    ...about,
    ...{ actorWho: actor.who, actorFrom: actor.from, actorInstance: actor.instance },
    detail: canonicalJson(detail),
  };
}

/** @throws CATALOG_DAMAGED */
export function entryOfRow(row: Selectable<AuditTable>): AuditEntry {
  const entry = readRow(row);
  if (entry !== null) return entry;
  throw catalogError(
    'CATALOG_DAMAGED',
    `entry ${row.sequence} of the audit log holds what cannot be read`,
  );
}

/** The entry, when its row has the very form that it was written in; else `null`. */
export function strictEntryOfRow(row: Selectable<AuditTable>): AuditEntry | null {
  const entry = readRow(row);
  return entry !== null && canonicalJson(entry.event.detail) === row.detail ? entry : null;
}

function readRow(row: Selectable<AuditTable>): AuditEntry | null {
  const { sequence, id, time, action, outcome, previous, hash } = row;
  let detail: unknown;
  try {
    detail = JSON.parse(row.detail);
  } catch {
    return null;
  }
  const about = SUBJECTS.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]]));
  const event = { action, outcome, ...Object.fromEntries(about), detail } as CatalogEvent;
  const actor = { who: row.actorWho, from: row.actorFrom, instance: row.actorInstance };
  return { sequence, id, time, actor, event, previous, hash };
}
