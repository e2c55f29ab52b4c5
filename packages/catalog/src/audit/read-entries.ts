import { setImmediate as otherWork } from 'node:timers/promises';
import { throwIfCancelled } from '@holdfast/age';
import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import { paged, pageSize, sequenceIn } from '../page.ts';
import type { AuditEntry, AuditFilter } from '../ports.ts';
import type { Paged } from '../paging.ts';
import type { Tables } from '../schema/tables.ts';
import { entryOfRow, SUBJECTS } from './entry.ts';

const AT_ONCE = 1000;

/** A page of the audit log. What is asked for by time comes in the order of time, which need not be the chain's. */
export async function pageOfEntries(
  db: Kysely<Tables>,
  filter: AuditFilter,
): Promise<Paged<AuditEntry>> {
  const { action, since, until, newestFirst = false, after } = filter;
  const byTime = since !== undefined || until !== undefined;
  const direction = newestFirst ? 'desc' : 'asc';
  const size = pageSize(filter);
  let query = db.selectFrom('audit').selectAll();
  for (const subject of SUBJECTS) {
    const wanted = filter[subject];
    if (wanted !== undefined) query = query.where(subject, '=', wanted);
  }
  if (action !== undefined) query = query.where('action', '=', action);
  if (since !== undefined) query = query.where('time', '>=', since);
  if (until !== undefined) query = query.where('time', '<', until);
  if (byTime) query = query.orderBy('time', direction);
  query = query.orderBy('sequence', direction).limit(size + 1);
  const from = sequenceIn(byTime ? timeKey(after)?.sequence : after);
  if (from !== null) {
    const beyond = newestFirst ? sql`<` : sql`>`;
    const time = timeKey(after)?.time;
    query =
      byTime && time !== undefined
        ? query.where(sql<boolean>`(time, sequence) ${beyond} (${time}, ${from})`)
        : query.where(sql<boolean>`sequence ${beyond} ${from}`);
  }
  return paged(await query.execute(), size, {
    keyOf: ({ sequence, time }) => (byTime ? `${time}/${sequence}` : String(sequence)),
    rowOf: entryOfRow,
  });
}

function timeKey(key: string | undefined): { time: string; sequence: string } | null {
  const [, time, sequence] = /^(.+)\/(\d+)$/.exec(key ?? '') ?? [];
  return time === undefined || sequence === undefined ? null : { time, sequence };
}

/** Every entry from one on, oldest first, page by page. */
export async function* entriesOf(
  engine: Engine,
  { from = 1, signal }: { readonly from?: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<AuditEntry> {
  for (let next = from; ;) {
    // A database in this process leaves no room for anything else by itself.
    await otherWork();
    throwIfCancelled(signal);
    const rows = await engine.read(
      async (db) =>
        await db
          .selectFrom('audit')
          .selectAll()
          .where('sequence', '>=', next)
          .orderBy('sequence')
          .limit(AT_ONCE)
          .execute(),
    );
    for (const row of rows) {
      throwIfCancelled(signal);
      yield entryOfRow(row);
      next = row.sequence + 1;
    }
    if (rows.length < AT_ONCE) return;
  }
}
