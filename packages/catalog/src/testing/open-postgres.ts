import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const STARTING_TAKES_AT_MOST = 30_000;
/** Nothing has to outlive a test. */
const QUICK = ['fsync=off', 'full_page_writes=off', 'max_connections=100'];

export interface PostgresOptions {
  /** Whom it lets in only with this; everybody without it. */
  readonly password?: string | undefined;
}

/** A PostgreSQL server on loopback, for one test file. */
export interface PostgresServer extends AsyncDisposable {
  /** Of the database that it is administered by. */
  readonly url: string;
  readonly port: number;
  /** A file as ~/.pgpass is, with the password; for PGPASSFILE. */
  readonly passFile: string;
  /** Makes an empty database, and resolves to its URL. */
  addDatabase(): Promise<string>;
  /** As a power cut would. It can be started again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a server; takes the Debian package postgresql, or its programs in PATH. */
export async function openPostgres({
  password = '',
}: PostgresOptions = {}): Promise<PostgresServer> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'));
  resources.defer(async () => await rm(folder, { recursive: true, force: true }));
  const as = await someoneElse();
  if (as !== null) await chown(folder, as.uid, as.gid);
  const port = await freePort();
  const passFile = join(folder, 'pgpass');
  await writeFile(passFile, `127.0.0.1:${port}:*:holdfast:${password}\n`, { mode: 0o600 });
  await initialize(folder, password, as);
  const url = (database: string): string => `postgres://holdfast@127.0.0.1:${port}/${database}`;
  const admin = { host: '127.0.0.1', port, user: 'holdfast', database: 'postgres', password };
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    server = spawn(
      program('postgres'),
      [
        ...['-D', join(folder, 'cluster'), '-p', String(port), '-k', ''],
        ...['listen_addresses=127.0.0.1', ...QUICK].flatMap((it) => ['-c', it]),
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'], ...as },
    );
    await answering(server, async () => await query(admin, 'select 1'));
  }

  async function stop(): Promise<void> {
    if (server?.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGQUIT');
    await ended;
    server = null;
  }

  resources.defer(stop);
  await start();
  const held = resources.move();
  let made = 0;
  return {
    ...{ url: url('postgres'), port, passFile, start, stop },
    async addDatabase() {
      made += 1;
      const name = `catalog_${made}`;
      await query(admin, `create database ${name}`);
      return url(name);
    },
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

async function initialize(
  folder: string,
  password: string,
  as: { uid: number; gid: number } | null,
): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${password === '' ? 'none' : password}\n`, { mode: 0o600 });
  if (as !== null) await chown(passwordFile, as.uid, as.gid);
  await run(
    program('initdb'),
    [
      ...['-D', join(folder, 'cluster'), '-U', 'holdfast', '--no-sync', '-E', 'UTF8'],
      ...['--no-locale', '--pwfile', passwordFile],
      ...['--auth', password === '' ? 'trust' : 'scram-sha-256'],
    ],
    { cwd: folder, ...as },
  );
}

async function query(config: pg.ClientConfig, text: string): Promise<void> {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function answering(server: ChildProcess, ask: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + STARTING_TAKES_AT_MOST;
  for (;;) {
    try {
      await ask();
      return;
    } catch (cause) {
      if (server.exitCode !== null) throw new Error('postgres ended at once', { cause });
      if (performance.now() > deadline) throw cause;
      await wait(20);
    }
  }
}

/** PostgreSQL refuses to run as root. */
async function someoneElse(): Promise<{ uid: number; gid: number } | null> {
  if (userInfo().uid !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = async (what: string): Promise<number> =>
        Number((await run('id', [what, name])).stdout);
      return { uid: await id('-u'), gid: await id('-g') };
    } catch {
      // The next one.
    }
  }
  throw new Error('there is no user to run PostgreSQL as');
}

/** Debian keeps them out of PATH. */
function program(name: string): string {
  const [found] = globSync(`/usr/lib/postgresql/*/bin/${name}`).sort().reverse();
  return found ?? name;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
