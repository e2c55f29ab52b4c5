import type { Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import { paged, pageSize, sequenceIn } from '../page.ts';
import type { Tables } from '../schema/tables.ts';
import type { JobTable, ServiceJob, ServiceJobEvent } from './ports.ts';
import { rowForm } from './rows.ts';

const JOBS = rowForm<ServiceJob>('serviceJobs', {
  json: ['request', 'needs', 'approval', 'progress', 'failure', 'result'],
  flags: ['pinned', 'repeatable', 'cancelled', 'file'],
  not: ['sequence'],
});
const EVENTS = rowForm<ServiceJobEvent>('serviceEvents', { json: ['detail'] });
/** Each database takes only so many values in one statement. */
const AT_ONCE = 500;

export function jobTable(engine: Engine): JobTable {
  return {
    async add(job) {
      await engine.write(async (db) => {
        const sequence = (await newestSequence(db)) + 1;
        const row = { ...JOBS.encode(job), sequence };
        await db
          .insertInto('serviceJobs')
          .values(row as never)
          .execute();
        await addState(db, job, job.created);
      });
    },
    find: async (id) => await engine.read(async (db) => await findJob(db, id)),
    async list(filter = {}) {
      const { states, kind, server, approvalBefore } = filter;
      const size = pageSize(filter);
      const from = sequenceIn(filter.after);
      const read = await engine.read(async (db) => {
        let query = db.selectFrom('serviceJobs').selectAll();
        if (states !== undefined) query = query.where('state', 'in', [...states]);
        if (kind !== undefined) query = query.where('kind', '=', kind);
        if (server !== undefined) query = query.where('server', '=', server);
        if (from !== null) query = query.where('sequence', '<', from);
        return await query
          .orderBy('sequence', 'desc')
          .limit(size + 1)
          .execute();
      });
      const page = paged(read, size, {
        keyOf: ({ sequence }) => String(sequence),
        rowOf: (row) => JOBS.decode(row),
      });
      if (approvalBefore === undefined) return page;
      const rows = page.rows.filter(({ approval }) => (approval?.before ?? '9') < approvalBefore);
      return { ...page, rows };
    },
    async count(states) {
      const { found } = await engine.read(
        async (db) =>
          await db
            .selectFrom('serviceJobs')
            .select((eb) => eb.fn.countAll<number>().as('found'))
            .where('state', 'in', [...states])
            .executeTakeFirstOrThrow(),
      );
      return found;
    },
    async change(id, from, change) {
      return await engine.write(async (db) => {
        const before = await findJob(db, id);
        if (before === null || !from.includes(before.state)) return null;
        await db.updateTable('serviceJobs').set(JOBS.encode(change)).where('id', '=', id).execute();
        const after = { ...before, ...change };
        if (after.state !== before.state) await addState(db, after, new Date().toISOString());
        return after;
      });
    },
    addEvent: async (event) => await engine.write(async (db) => await addEvent(db, event)),
    async events(job, { after = 0 } = {}) {
      const read = await engine.read(
        async (db) =>
          await db
            .selectFrom('serviceEvents')
            .selectAll()
            .where('job', '=', job)
            .where('sequence', '>', after)
            .orderBy('sequence')
            .execute(),
      );
      return read.map((row) => EVENTS.decode(row));
    },
    async forget(endedBefore) {
      return await engine.write(async (db) => {
        const old = await db
          .selectFrom('serviceJobs')
          .select('id')
          .where('ended', '<', endedBefore)
          .limit(AT_ONCE)
          .execute();
        const ids = old.map(({ id }) => id);
        if (ids.length === 0) return 0;
        await db.deleteFrom('serviceEvents').where('job', 'in', ids).execute();
        await db.deleteFrom('serviceJobs').where('id', 'in', ids).execute();
        return ids.length;
      });
    },
  };
}

async function findJob(db: Kysely<Tables>, id: string): Promise<ServiceJob | null> {
  const found = await db
    .selectFrom('serviceJobs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return found === undefined ? null : JOBS.decode(found);
}

async function newestSequence(db: Kysely<Tables>): Promise<number> {
  const newest = await db
    .selectFrom('serviceJobs')
    .select('sequence')
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.sequence ?? 0;
}

async function addState(
  db: Kysely<Tables>,
  { id, state }: ServiceJob,
  time: string,
): Promise<void> {
  await addEvent(db, { job: id, time, type: 'state', detail: { state } });
}

async function addEvent(
  db: Kysely<Tables>,
  event: Omit<ServiceJobEvent, 'sequence'>,
): Promise<number> {
  const newest = await db
    .selectFrom('serviceEvents')
    .select('sequence')
    .where('job', '=', event.job)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const sequence = (newest?.sequence ?? 0) + 1;
  const row = EVENTS.encode({ ...event, sequence });
  await db
    .insertInto('serviceEvents')
    .values(row as never)
    .execute();
  return sequence;
}
