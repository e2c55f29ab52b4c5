import { entriesOf, pageOfEntries } from './audit/read-entries.ts';
import { signedHeads, signLastEntry } from './audit/heads.ts';
import { verifyEntries } from './audit/verify-chain.ts';
import type { Engine } from './engine.ts';
import type { OpenCatalog } from './ports.ts';
import { pageOfBackups, pageOfCopies, pageOfDrills, pageOfJobs } from './read-tables.ts';
import { recordEvents } from './record.ts';
import { migrations } from './schema/migrations.ts';
import type { Folded } from './schema/tables.ts';
import { serviceTables } from './service/service-tables.ts';
import { access } from './tables/access.ts';
import { custodians } from './tables/custodians.ts';
import { media } from './tables/media.ts';
import { schedules } from './tables/schedules.ts';
import { secrets } from './tables/secrets.ts';
import type { TypedTable } from './tables/table.ts';
import { tokens } from './tables/tokens.ts';

/** The catalog that a database holds; disposing it ends the engine. */
export function catalogIn(engine: Engine): OpenCatalog {
  async function all<Row>(table: TypedTable<Row> & { name: keyof Folded }): Promise<Row[]> {
    const { name, key } = table;
    const rows = await engine.read(
      async (db) =>
        await db
          .selectFrom(name)
          .selectAll()
          .orderBy(key[0] as 'sequence')
          .execute(),
    );
    return rows.map((row) => table.decode(row));
  }

  return {
    // Opening brought it there.
    schema: Object.keys(migrations(engine.kind)).at(-1) ?? '',
    async record(events) {
      if (events.length === 0) return;
      await engine.write(async (db) => await recordEvents(db, events));
    },
    secrets: async () => await all(secrets),
    media: async () => await all(media),
    custodians: async () => await all(custodians),
    tokens: async () => await all(tokens),
    access: async () => await all(access),
    schedules: async () => await all(schedules),
    service: serviceTables(engine),
    async openQueue() {
      const { openQueue } = await import('./service/queue/open-queue.ts');
      return await openQueue(engine, serviceTables(engine));
    },
    backups: async (filter = {}) =>
      await engine.read(async (db) => await pageOfBackups(db, filter)),
    copies: async (filter = {}) => await engine.read(async (db) => await pageOfCopies(db, filter)),
    drills: async (filter = {}) => await engine.read(async (db) => await pageOfDrills(db, filter)),
    jobs: async (filter = {}) => await engine.read(async (db) => await pageOfJobs(db, filter)),
    audit: async (filter = {}) => await engine.read(async (db) => await pageOfEntries(db, filter)),
    entries: (range = {}) => entriesOf(engine, range),
    heads: async () => await signedHeads(engine),
    signHead: async (signer) => await signLastEntry(engine, signer),
    verifyChain: async (options) => await verifyEntries(engine, options),
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
    },
  };
}
