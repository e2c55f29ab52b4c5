import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import pg from 'pg';
import type { CatalogPlace } from '../place.ts';
import { openPostgres } from './open-postgres.ts';

/** Where a catalog can be, for a suite that runs on each: `describe.each(ENGINES)`. */
export const ENGINES = [
  { engine: 'SQLite', openPlaces: openSqlitePlaces },
  { engine: 'PostgreSQL', openPlaces: openPostgresPlaces },
] as const;

/** Places for catalogs, on one engine, for as long as it is not disposed. */
export interface Places extends AsyncDisposable {
  /** A place where there is no catalog yet. */
  add(): Promise<TestPlace>;
}

export interface TestPlace {
  readonly place: CatalogPlace;
  /** What whoever can write to the database can do, past Holdfast. `?` stands for each value. */
  sql(text: string, ...values: (string | number | null)[]): Promise<Record<string, unknown>[]>;
}

async function openSqlitePlaces(): Promise<Places> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-catalog-'));
  let made = 0;
  return {
    async add() {
      made += 1;
      const path = join(folder, `${made}.db`);
      return await Promise.resolve({
        place: { kind: 'sqlite', path },
        sql: async (text, ...values) => await Promise.resolve(runSqlite(path, text, values)),
      });
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function runSqlite(
  path: string,
  text: string,
  values: readonly SQLInputValue[],
): Record<string, unknown>[] {
  using database = new DatabaseSync(path, { timeout: 10_000 });
  return database.prepare(text).all(...values);
}

async function openPostgresPlaces(): Promise<Places> {
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await openPostgres());
  const held = resources.move();
  return {
    async add() {
      const url = await server.addDatabase();
      return { place: { kind: 'postgres', url }, sql: async (...it) => await runPg(url, ...it) };
    },
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}

async function runPg(
  connectionString: string,
  text: string,
  ...values: readonly (string | number | null)[]
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    let count = 0;
    const numbered = text.replaceAll('?', () => `$${(count += 1)}`);
    const { rows } = await client.query<Record<string, unknown>>(numbered, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}
