import { sql, type Kysely } from 'kysely';
import type { EngineKind } from './engine-kind.ts';

/** Who may speak to a service, its schedules, and what services that share a catalog tell each other. */
export async function addService(db: Kysely<unknown>, kind: EngineKind): Promise<void> {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`;
  const integer = kind === 'postgres' ? sql`bigint` : sql`integer`;
  const finished = kind === 'sqlite' ? sql`strict` : sql``;

  const table = async (
    name: string,
    key: readonly string[],
    texts: readonly string[],
    integers: readonly string[] = [],
  ): Promise<void> => {
    let building = db.schema.createTable(name);
    const addAll = (columns: readonly string[], type: typeof text): void => {
      for (const column of columns) {
        building = building.addColumn(column, type, (it) =>
          key.includes(column) || column === 'sequence' ? it.notNull() : it,
        );
      }
    };
    addAll(texts, text);
    addAll(integers, integer);
    building = building.addPrimaryKeyConstraint(`${name}_key`, key as never[]);
    await building.modifyEnd(finished).execute();
  };

  const index = async (on: string, name: string, columns: string[], unique = false) => {
    const building = db.schema.createIndex(`${on}_by_${name}`).on(on).columns(columns);
    await (unique ? building.unique() : building).execute();
  };

  await table(
    'access',
    ['name'],
    ['name', 'role', 'hash', 'expires', 'sources', 'createdAt', 'removedAt'],
    ['sequence'],
  );
  await table(
    'schedules',
    ['name'],
    ['name', 'cron', 'zone', 'what', 'request', 'changedAt', 'changedBy'],
    ['sequence', 'enabled'],
  );

  await table(
    'serviceJobs',
    ['id'],
    [
      ...['id', 'kind', 'state', 'secret', 'backup', 'request', 'who', 'from', 'created'],
      ...['started', 'ended', 'server', 'needs', 'approval', 'progress', 'failure', 'result'],
    ],
    ['sequence', 'pinned', 'repeatable', 'attempt', 'cancelled', 'file'],
  );
  await index('serviceJobs', 'sequence', ['sequence'], true);
  await index('serviceJobs', 'state', ['state', 'sequence']);
  await index('serviceJobs', 'kind', ['kind', 'sequence']);
  await index('serviceJobs', 'server', ['server', 'sequence']);
  await index('serviceJobs', 'ended', ['ended']);
  await table(
    'serviceEvents',
    ['job', 'sequence'],
    ['job', 'time', 'type', 'detail'],
    ['sequence'],
  );
  await table(
    'serviceAnswers',
    ['key'],
    ['key', 'digest', 'headers', 'body', 'created', 'server'],
    ['status'],
  );
  await index('serviceAnswers', 'created', ['created']);
  await table('serviceRuns', ['schedule', 'due'], ['schedule', 'due', 'state', 'job', 'why']);
  await table(
    'serviceDeliveries',
    ['id'],
    ['id', 'webhook', 'body', 'next', 'state', 'created', 'outcome'],
    ['attempt'],
  );
  await index('serviceDeliveries', 'next', ['next']);
  await index('serviceDeliveries', 'created', ['created']);
  await table('serviceServers', ['id'], ['id', 'host', 'started', 'seen', 'version']);
}
