import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Engine } from '../engine.ts';
import { catalogError } from '../errors.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

const STEPS = 'schema_steps';

/**
 * Brings the schema up to what this version knows.
 *
 * @throws CATALOG_TOO_NEW, with nothing touched; CATALOG_LOST where there is no catalog and none is to be made;
 *   CATALOG_DAMAGED where something else is; CATALOG_UNWRITABLE where the schema is too old and cannot be changed
 */
export async function prepareSchema(engine: Engine, create: boolean): Promise<void> {
  const known = Object.keys(migrations(engine.kind));
  const done = await engine.read(async (db) => await stepsDone(engine, db));
  const unknown = done.find((step) => !known.includes(step));
  if (unknown !== undefined) {
    throw catalogError('CATALOG_TOO_NEW', `${engine.name} was written by a newer Holdfast`);
  }
  if (done.length === known.length) return;
  if (done.length === 0) await engine.read(async (db) => await assertEmpty(engine, db, create));
  await engine.write(async (db) => await migrate(engine, db));
}

async function stepsDone({ kind }: Engine, db: Kysely<Tables>): Promise<readonly string[]> {
  const there =
    kind === 'sqlite'
      ? await sql`select name from sqlite_schema where name = ${STEPS}`.execute(db)
      : await sql`select oid from pg_class where oid = to_regclass(${STEPS})`.execute(db);
  if (there.rows.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(STEPS)}`.execute(db);
  return rows.map(({ name }) => name);
}

async function assertEmpty(
  { kind, name }: Engine,
  db: Kysely<Tables>,
  create: boolean,
): Promise<void> {
  if (kind === 'postgres') {
    // A database is made by its administrator, and so is empty at first.
    if (!create) throw catalogError('CATALOG_LOST', `there is no catalog in ${name}`);
    return;
  }
  const { rows } = await sql`select name from sqlite_schema`.execute(db);
  if (rows.length > 0 || !create) throw catalogError('CATALOG_DAMAGED', `${name} holds no catalog`);
}

async function migrate({ kind }: Engine, db: Kysely<Tables>): Promise<void> {
  const provider = { getMigrations: async () => await Promise.resolve(migrations(kind)) };
  const migrator = new Migrator({
    db,
    provider,
    migrationTableName: STEPS,
    migrationLockTableName: `${STEPS}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error as Error;
}
