import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { CamelCasePlugin, Kysely } from 'kysely';
import { catalogError } from '../errors.ts';
import type { Engine } from '../engine.ts';
import type { CatalogPlace } from '../place.ts';
import type { Tables } from '../schema/tables.ts';
import { nodeSqliteDialect } from './dialect.ts';
import { isBusy, isNotOpened, sqliteFailure } from './failure.ts';
import { makeFile } from './make-file.ts';

/** Up to here, reading the whole file to see whether it is sound costs next to nothing. */
const QUICKLY_CHECKED = 256 * 1024;

export interface SqliteOptions {
  readonly create: boolean;
  /** Milliseconds. */
  readonly busyTimeout: number;
}

/** How a file is opened: read and written; read; read, and nothing but that file looked at. */
type Access = 'write' | 'read' | 'alone';

/** @throws CATALOG_LOST, CATALOG_DAMAGED, CATALOG_BUSY, CATALOG_UNWRITABLE */
export async function openSqlite(
  place: Extract<CatalogPlace, { kind: 'sqlite' }>,
  { create, busyTimeout }: SqliteOptions,
): Promise<Engine> {
  const { path } = place;
  const typed = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (cause) {
      throw sqliteFailure(cause, path);
    }
  };
  const { database, access } = await typed(async () => {
    await assertFile(place, create);
    return await openReadable(path, busyTimeout);
  });
  const db = kysely(database, busyTimeout);
  return {
    kind: 'sqlite',
    postgres: null,
    name: path,
    read: async (work) => await typed(async () => await work(db)),
    write: async (work) => await typed(async () => await db.transaction().execute(work)),
    async snapshot(work) {
      return await typed(async () => {
        const { DatabaseSync } = await import('node:sqlite');
        const reading = access === 'write' ? 'read' : access;
        // A connection of its own: the other one goes on meanwhile.
        await using another = kysely(open(DatabaseSync, path, reading, busyTimeout), busyTimeout);
        return await another.transaction().setAccessMode('read only').execute(work);
      });
    },
    async [Symbol.asyncDispose]() {
      await typed(async () => await closing(db, database));
    },
  };
}

async function assertFile(
  place: Extract<CatalogPlace, { kind: 'sqlite' }>,
  create: boolean,
): Promise<void> {
  const { path } = place;
  const found = await stat(path).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'ENOENT') return null;
    throw catalogError('CATALOG_UNWRITABLE', `${path} cannot be looked at: ${String(code)}`, {
      cause,
    });
  });
  if (found === null) {
    if (!create) throw catalogError('CATALOG_LOST', `there is no catalog at ${path}`);
    await makeFile(place);
    return;
  }
  if (!found.isFile()) throw catalogError('CATALOG_DAMAGED', `${path} is not a file`);
  if (found.size === 0 && !create) throw catalogError('CATALOG_DAMAGED', `${path} is empty`);
}

/** Opens it for writing where that is allowed, else for reading: a status needs no more. */
async function openReadable(
  path: string,
  busyTimeout: number,
): Promise<{ database: DatabaseSync; access: Access }> {
  const { DatabaseSync } = await import('node:sqlite');
  let failure: unknown;
  for (const access of ['write', 'read', 'alone'] as const) {
    if (access === 'alone' && (await hasUnmerged(path))) break;
    try {
      using resources = new DisposableStack();
      const database = resources.use(open(DatabaseSync, path, access, busyTimeout));
      await prepare(database, access, busyTimeout);
      resources.move();
      return { database, access };
    } catch (cause) {
      failure ??= cause;
      if (!isNotOpened(cause)) throw cause;
    }
  }
  throw failure;
}

function open(
  Database: typeof DatabaseSync,
  path: string,
  access: Access,
  timeout: number,
): DatabaseSync {
  if (access === 'write') return new Database(path, { timeout });
  const url = pathToFileURL(path);
  // Where no file can be made beside it, SQLite reads it only when it is told that nobody writes to it.
  if (access === 'alone') url.searchParams.set('immutable', '1');
  return new Database(url, { timeout, readOnly: true });
}

/** What was committed and not yet merged into the file would be overlooked when that is read alone. */
async function hasUnmerged(path: string): Promise<boolean> {
  return await stat(`${path}-wal`).then(
    ({ size }) => size > 0,
    () => false,
  );
}

async function prepare(database: DatabaseSync, access: Access, busyTimeout: number): Promise<void> {
  database.enableDefensive(true);
  database.exec('pragma trusted_schema = off; pragma cell_size_check = on');
  if (access === 'write') await useWriteAheadLog(database, busyTimeout);
  const { pages, size } = database
    .prepare(
      'select page_count as pages, page_size as size from pragma_page_count, pragma_page_size',
    )
    .get() as { pages: number; size: number };
  if (pages * size > QUICKLY_CHECKED) return;
  const { quick_check: verdict } = database.prepare('pragma quick_check(1)').get() as {
    quick_check: string;
  };
  if (verdict !== 'ok') throw catalogError('CATALOG_DAMAGED', `it is damaged: ${verdict}`);
}

/** Takes the whole file for a moment, for which SQLite does not wait by itself. */
async function useWriteAheadLog(database: DatabaseSync, busyTimeout: number): Promise<void> {
  const deadline = performance.now() + busyTimeout;
  for (;;) {
    try {
      const { mode } = database
        .prepare('select journal_mode as mode from pragma_journal_mode')
        .get() as { mode: string };
      if (mode !== 'wal') database.exec('pragma journal_mode = wal');
      database.exec('pragma synchronous = full; pragma foreign_keys = on');
      return;
    } catch (cause) {
      if (!isBusy(cause) || performance.now() >= deadline) throw cause;
    }
    await wait(1 + Math.random() * 10);
  }
}

function kysely(database: DatabaseSync, busyTimeout: number): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: nodeSqliteDialect(database, busyTimeout),
    plugins: [new CamelCasePlugin()],
  });
}

async function closing(db: Kysely<Tables>, database: DatabaseSync): Promise<void> {
  await db.destroy();
  // Kysely leaves alone what it never used.
  if (database.isOpen) database.close();
}
