import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import type { Client as PgClient, ClientConfig, Pool } from 'pg';
import { catalogError } from '../errors.ts';
import type { Engine } from '../engine.ts';
import type { Tables } from '../schema/tables.ts';
import { postgresFailure } from './failure.ts';
import { passwordFor } from './pass-file.ts';

const INT8 = 20;
/** Names the lock that whoever writes to a catalog holds. */
const WRITERS = 0x68_66_63_61;
const CONNECTIONS = 4;

/** `busyTimeout`: milliseconds to wait for a connection, and for another writer. @throws CATALOG_UNREACHABLE */
export async function openPostgres(url: string, busyTimeout: number): Promise<Engine> {
  const name = nameOf(url);
  const pool = await openPool(url, busyTimeout);
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin()],
  });
  const typed = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (cause) {
      throw postgresFailure(cause, name);
    }
  };
  await using resources = new AsyncDisposableStack();
  resources.defer(async () => {
    await db.destroy();
    if (!pool.ended) await pool.end();
  });
  // To be refused now, and not at the first use.
  await typed(async () => await sql`select 1`.execute(db));
  const held = resources.move();
  return {
    kind: 'postgres',
    name,
    postgres: {
      query: async (text, values) =>
        await typed(async () => await pool.query<Record<string, unknown>>(text, values)),
      connect: async () =>
        await typed(async () => {
          const client = await newClient(url, busyTimeout);
          await client.connect();
          return client;
        }),
    },
    read: async (work) => await typed(async () => await work(db)),
    write: async (work) =>
      await typed(
        async () =>
          await db.transaction().execute(async (transaction) => {
            await sql`select set_config('lock_timeout', ${String(busyTimeout)}, true),
              set_config('synchronous_commit', 'on', true)`.execute(transaction);
            // By itself, so that what is read next is what the writer before left.
            await sql`select pg_advisory_xact_lock(${WRITERS})`.execute(transaction);
            return await work(transaction);
          }),
      ),
    snapshot: async (work) =>
      await typed(
        async () =>
          await db
            .transaction()
            .setIsolationLevel('repeatable read')
            .setAccessMode('read only')
            .execute(work),
      ),
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

async function openPool(connectionString: string, busyTimeout: number): Promise<Pool> {
  const pg = await import('pg').catch((cause: unknown) => {
    const message = 'a catalog in PostgreSQL needs the package pg, which is not installed';
    throw catalogError('CATALOG_UNREACHABLE', message, { cause });
  });
  const types = new pg.default.TypeOverrides();
  // Sequences and sizes stay far below 2^53.
  types.setTypeParser(INT8, Number);
  const pool = new pg.default.Pool({
    ...{ connectionString, types },
    Client: clientWithPassFile(pg.default.Client),
    application_name: 'holdfast',
    connectionTimeoutMillis: busyTimeout,
    max: CONNECTIONS,
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it is replaced; without a listener it would end the program.
  pool.on('error', () => undefined);
  return pool;
}

/** One connection by itself. One that breaks unseen is found out by the system. */
async function newClient(connectionString: string, busyTimeout: number): Promise<PgClient> {
  const pg = await import('pg');
  return new (clientWithPassFile(pg.default.Client))({
    connectionString,
    application_name: 'holdfast',
    connectionTimeoutMillis: busyTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
  });
}

/** A URL without a password is one with an empty password to pg, which outweighs any that is given beside it. */
function clientWithPassFile(Client: typeof PgClient): typeof PgClient {
  return class extends Client {
    constructor(config?: ClientConfig) {
      super(config);
      // pg calls it with whom it is for; and keeps what it gives out of what it prints.
      Object.defineProperty(this, 'password', { value: passwordFor, writable: true });
      // Of one that breaks between two queries of a transaction the next query tells; unheard, it would end the program.
      this.on('error', () => undefined);
    }
  };
}

/** The URL without what could be secret. @throws CATALOG_UNREACHABLE */
function nameOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw catalogError('CATALOG_UNREACHABLE', 'the URL of the catalog is not one of PostgreSQL');
  }
  if (url.password !== '' || url.searchParams.has('password')) {
    throw catalogError(
      'CATALOG_UNREACHABLE',
      'the URL of the catalog holds a password, which belongs into ~/.pgpass',
    );
  }
  return `${url.protocol}//${url.host}${url.pathname}`;
}
