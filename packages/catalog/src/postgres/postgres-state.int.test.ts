import { setTimeout as after } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';
import pg from 'pg';

import { openCatalog } from '../index.ts';
import { openPostgres as openEngine } from './open-postgres.ts';
import { openPostgres, sampleCopy, sampleEvent, type PostgresServer } from '../testing/index.ts';

const init = () => sampleEvent({ action: 'init', outcome: 'ok', detail: { made: [] } });

let server: PostgresServer;
beforeAll(async () => {
  server = await openPostgres();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function openClient(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return Object.assign(client, {
    [Symbol.asyncDispose]: async () => {
      await client.end();
    },
  });
}

/** A database with a catalog in it, and somebody else who is connected to it. */
async function openScene() {
  await using resources = new AsyncDisposableStack();
  const url = await server.addDatabase();
  const place = { kind: 'postgres', url } as const;
  const catalog = resources.use(await openCatalog(place, { create: true, busyTimeout: 400 }));
  const client = resources.use(await openClient(url));
  const held = resources.move();
  return {
    ...{ url, place, catalog, client },
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}

test('a writer that does not come to its end makes the next one give up in time', async () => {
  await using scene = await openScene();
  await scene.client.query('begin; lock table audit in exclusive mode');
  await expect(scene.catalog.record([init()])).rejects.toMatchObject({ code: 'CATALOG_BUSY' });
  expect((await scene.catalog.audit()).rows).toEqual([]);
  await scene.client.query('rollback');
  await scene.catalog.record([init()]);
  expect((await scene.catalog.audit()).rows).toHaveLength(1);
});

test('a catalog of a newer version is refused', async () => {
  await using scene = await openScene();
  await scene.client.query(`insert into schema_steps values ('999-later', '2030')`);
  await expect(openCatalog(scene.place, { create: true })).rejects.toMatchObject({
    code: 'CATALOG_TOO_NEW',
  });
});

test('a catalog without one of its tables is damaged', async () => {
  await using scene = await openScene();
  await scene.client.query('drop table copies');
  await expect(scene.catalog.copies()).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
  const act = [sampleEvent(sampleCopy('b1'))];
  await expect(scene.catalog.record(act)).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
});

test('a database that can only be read is read', async () => {
  await using scene = await openScene();
  await scene.catalog.record([init()]);
  const name = new URL(scene.url).pathname.slice(1);
  await scene.client.query(`alter database ${name} set default_transaction_read_only = on`);
  await using catalog = await openCatalog(scene.place, { create: false });
  expect((await catalog.audit()).rows).toHaveLength(1);
  await expect(catalog.record([init()])).rejects.toMatchObject({ code: 'CATALOG_UNWRITABLE' });
});

test('who may only read can read, and nothing else', async () => {
  await using scene = await openScene();
  await scene.catalog.record([init()]);
  await scene.client.query(`create role auditor login;
    grant select on all tables in schema public to auditor`);
  const url = scene.url.replace('holdfast@', 'auditor@');
  await using catalog = await openCatalog({ kind: 'postgres', url }, { create: false });
  expect((await catalog.audit()).rows).toHaveLength(1);
  await expect(catalog.record([init()])).rejects.toMatchObject({ code: 'CATALOG_UNWRITABLE' });
});

test('a database that breaks off within a transaction fails that, and not the program', async () => {
  await using engine = await openEngine(await server.addDatabase(), 2000);
  const begun = Promise.withResolvers<undefined>();
  const writing = engine.write(async (db) => {
    begun.resolve(undefined);
    // Nothing is asked for while it breaks off.
    await after(1000);
    await db.selectFrom('serviceJobs').select('id').execute();
  });
  const failed = expect(writing).rejects.toMatchObject({ code: 'CATALOG_UNREACHABLE' });
  await begun.promise;
  await server.stop();
  await failed;
  await server.start();
});
