import type { Kysely } from 'kysely';
import { storable } from './audit/canonical.ts';
import { entryOf, NO_ENTRY, rowOfEntry } from './audit/entry.ts';
import type { RecordedEvent } from './ports.ts';
import type { Tables } from './schema/tables.ts';
import { foldEvent } from './tables/fold-event.ts';
import { sqlRows } from './tables/sql-rows.ts';

/** Each database takes only so many values in one statement. */
const AT_ONCE = 500;

/** Appends to the audit log what it does not have, and folds it into the tables. Within the writer's transaction. */
export async function recordEvents(
  db: Kysely<Tables>,
  events: readonly RecordedEvent[],
): Promise<void> {
  const rows = sqlRows(db);
  let { sequence, hash: previous } = await headOf(db);
  for (const event of await onlyNew(db, events)) {
    sequence += 1;
    const entry = entryOf(event, { sequence, previous });
    previous = entry.hash;
    await db.insertInto('audit').values(rowOfEntry(entry)).execute();
    await foldEvent(rows, entry, sequence);
  }
}

/** Where the chain ends. */
async function headOf(db: Kysely<Tables>): Promise<{ sequence: number; hash: string }> {
  const head = await db
    .selectFrom('audit')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return head ?? { sequence: 0, hash: NO_ENTRY };
}

async function onlyNew(
  db: Kysely<Tables>,
  events: readonly RecordedEvent[],
): Promise<readonly RecordedEvent[]> {
  const fresh = new Map<string, RecordedEvent>();
  for (const event of events.map(storable)) if (!fresh.has(event.id)) fresh.set(event.id, event);
  const ids = [...fresh.keys()];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const found = await db
      .selectFrom('audit')
      .select('id')
      .where('id', 'in', ids.slice(from, from + AT_ONCE))
      .execute();
    for (const { id } of found) fresh.delete(id);
  }
  return [...fresh.values()];
}
