import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

import { openCatalog } from '../index.ts';
import { headSigner, openPostgres, sampleEvent, type PostgresServer } from '../testing/index.ts';

const PASSWORD = 'only for this test';
const init = () => sampleEvent({ action: 'init', outcome: 'ok', detail: { made: [] } });

let server: PostgresServer;
beforeAll(async () => {
  server = await openPostgres({ password: PASSWORD });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const codeOf = async (url: string, create = true): Promise<unknown> =>
  await openCatalog({ kind: 'postgres', url }, { create, busyTimeout: 2000 }).then(
    async (catalog) => {
      await catalog[Symbol.asyncDispose]();
      return 'OK';
    },
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );

test('the password comes from a pgpass file, and nothing is printed of it', async () => {
  const url = await server.addDatabase();
  vi.stubEnv('PGPASSFILE', server.passFile);
  const warnings: string[] = [];
  const listener = ({ message }: Error): unknown => warnings.push(message);
  process.on('warning', listener);
  try {
    expect(await codeOf(url)).toBe('OK');
    await setImmediate();
  } finally {
    process.off('warning', listener);
  }
  expect(warnings).toEqual([]);
});

test('the password comes from the environment before all', async () => {
  const url = await server.addDatabase();
  vi.stubEnv('PGPASSFILE', `${server.passFile}.none`);
  vi.stubEnv('PGPASSWORD', PASSWORD);
  expect(await codeOf(url)).toBe('OK');
});

test('a pgpass file that others may read is not used', async () => {
  const url = await server.addDatabase();
  const open = `${server.passFile}.open`;
  await copyFile(server.passFile, open);
  await chmod(open, 0o644);
  vi.stubEnv('PGPASSFILE', open);
  expect(await codeOf(url)).toBe('CATALOG_UNREACHABLE');
});

test('without a password, or with a wrong one, the catalog cannot be reached', async () => {
  const url = await server.addDatabase();
  const empty = `${server.passFile}.empty`;
  await writeFile(empty, '', { mode: 0o600 });
  vi.stubEnv('PGPASSFILE', empty);
  expect(await codeOf(url)).toBe('CATALOG_UNREACHABLE');
  await writeFile(empty, '*:*:*:*:wrong\n');
  expect(await codeOf(url)).toBe('CATALOG_UNREACHABLE');
});

test('a URL with a password in it is refused, and the message does not repeat it', async () => {
  for (const url of [
    `postgres://holdfast:hunter2@127.0.0.1:${server.port}/postgres`,
    `postgres://holdfast@127.0.0.1:${server.port}/postgres?password=hunter2`,
  ]) {
    const failure = await openCatalog({ kind: 'postgres', url }, { create: true }).then(
      () => null,
      (error: unknown) => error as Error & { code: string },
    );
    expect(failure?.code).toBe('CATALOG_UNREACHABLE');
    expect(String(failure?.message) + String(failure?.cause)).not.toContain('hunter2');
  }
});

test('what is no URL of PostgreSQL cannot be reached', async () => {
  expect(await codeOf('mysql://localhost/catalog')).toBe('CATALOG_UNREACHABLE');
  expect(await codeOf(join('/', 'catalog.db'))).toBe('CATALOG_UNREACHABLE');
});

test('a database that is not there, or a server that is not, cannot be reached', async () => {
  vi.stubEnv('PGPASSFILE', server.passFile);
  const url = (port: number, name: string) => `postgres://holdfast@127.0.0.1:${port}/${name}`;
  expect(await codeOf(url(server.port, 'missing'))).toBe('CATALOG_UNREACHABLE');
  expect(await codeOf(url(1, 'postgres'))).toBe('CATALOG_UNREACHABLE');
  expect(await codeOf('postgres://holdfast@name.invalid/x')).toBe('CATALOG_UNREACHABLE');
});

test('a database without a catalog has lost it, and nothing is made there', async () => {
  vi.stubEnv('PGPASSFILE', server.passFile);
  const url = await server.addDatabase();
  expect(await codeOf(url, false)).toBe('CATALOG_LOST');
  expect(await codeOf(url, false)).toBe('CATALOG_LOST');
  expect(await codeOf(url, true)).toBe('OK');
  expect(await codeOf(url, false)).toBe('OK');
});

test('a server that goes away fails what is asked then, and serves again when it is back', async () => {
  vi.stubEnv('PGPASSFILE', server.passFile);
  const url = await server.addDatabase();
  await using catalog = await openCatalog(
    { kind: 'postgres', url },
    { create: true, busyTimeout: 2000 },
  );
  await catalog.record([init()]);
  await server.stop();
  const again = init();
  await expect(catalog.record([again])).rejects.toMatchObject({ code: 'CATALOG_UNREACHABLE' });
  await server.start();
  await catalog.record([again, init()]);
  const { check } = headSigner();
  expect(await catalog.verifyChain({ check })).toMatchObject({ entries: 3, faults: [] });
});
