import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import type { AuditEntry, CopyRow } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { drill } from '../drill/drill.ts';
import { changeEnvelopes } from '../change-envelopes.ts';
import { backupToMedia } from '../media/copies.ts';
import { restore } from '../restore.ts';
import type { Run } from '../run.ts';
import { sourceFromFile } from '../sources/index.ts';
import { storeOf } from '../store/index.ts';
import { toFile } from '../targets/index.ts';
import { openScene, PASSWORD, withPassword, type Scene } from '../testing/scene.ts';
import { verify } from '../verify.ts';
import { catalogAccess, type CatalogAccess } from './catalog-access.ts';

interface Recorded extends AsyncDisposable {
  readonly scene: Scene;
  readonly run: Run;
  readonly catalog: CatalogAccess;
  /** Action and outcome of every entry since the last call. */
  news(): Promise<string[]>;
  copies(): Promise<readonly CopyRow[]>;
  entries(): Promise<AuditEntry[]>;
}

async function openRecorded(): Promise<Recorded> {
  await using resources = new AsyncDisposableStack();
  const scene = resources.use(await openScene());
  const { instance } = scene.run();
  const catalog = resources.use(catalogAccess({ instance, surface: 'cli' }));
  const { recorder, custodians } = catalog;
  const run = scene.run(withPassword(PASSWORD), { catalog, recorder, custodians });
  const held = resources.move();
  let seen = 0;
  const entries = async (): Promise<AuditEntry[]> => {
    const all: AuditEntry[] = [];
    for await (const entry of (await catalog.open()).entries()) all.push(entry);
    return all;
  };
  return {
    ...{ scene, run, catalog, entries },
    async news() {
      const all = (await entries()).slice(seen);
      seen += all.length;
      return all.map(({ event: { action, outcome } }) => `${action} ${outcome}`);
    },
    copies: async () => (await (await catalog.open()).copies()).rows,
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

const MADE = ['job.begin ok', 'secret.describe ok', 'backup.make ok', 'copy.make ok', 'job.end ok'];

test('a backup, its restore and its verification are in the audit log, with what they were about', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const from = await scene.backup('s', {}, run);
  expect(await recorded.news()).toEqual(MADE);
  await restore({ from, to: toFile(scene.path('back')) }, run);
  expect(await recorded.news()).toEqual(['job.begin ok', 'restore ok', 'job.end ok']);
  await verify({ from, withFactors: true }, run);
  expect(await recorded.news()).toEqual(['copy.verify ok']);
  const [copy] = await recorded.copies();
  expect(copy).toMatchObject({ secret: 'secret.json', file: 'out.tar', verifyOutcome: 'ok' });
  const [secret] = await (await recorded.catalog.open()).secrets();
  const path = scene.path('secret.json');
  expect(secret).toMatchObject({ name: 'secret.json', source: { kind: 'file', what: [path] } });
});

test('what fails is recorded by its code: before it begins, in the middle, and when it is looked at', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const from = await scene.backup('s', {}, run);
  await recorded.news();
  await expect(scene.backup('s', {}, run)).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  expect(await recorded.news()).toEqual(['job.begin ok', 'job.end DESTINATION_EXISTS']);
  const wrong = { ...run, factors: withPassword('wrong') };
  const to = toFile(scene.path('back'));
  await expect(restore({ from, to }, wrong)).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  expect(await recorded.news()).toEqual(['job.begin ok', 'job.end WRONG_PASSWORD']);
  await expect(verify({ from, withFactors: true }, wrong)).rejects.toThrow();
  expect(await recorded.news()).toEqual(['copy.verify WRONG_PASSWORD']);
});

test('a copy that is gone, or is no backup any more, fails where it is known', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const from = await scene.backup('s', {}, run);
  await recorded.news();
  await writeFile(from, 'not a backup');
  await expect(verify({ from, withFactors: false }, run)).rejects.toThrow();
  expect(await recorded.news()).toEqual(['copy.verify NOT_A_BACKUP']);
  await rm(from);
  await expect(verify({ from, withFactors: false }, run)).rejects.toThrow();
  expect(await recorded.news()).toEqual(['copy.verify BACKUP_NOT_FOUND']);
  expect((await recorded.copies())[0]).toMatchObject({ verifyOutcome: 'BACKUP_NOT_FOUND' });
});

test('a backup that takes the place of another one removes that copy', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  await scene.backup('one', {}, run);
  await scene.backup('two', { overwrite: true }, run);
  const copies = await recorded.copies();
  expect(copies).toHaveLength(2);
  expect(copies.filter(({ removedAt }) => removedAt === null)).toHaveLength(1);
});

test('a change of envelopes is a new generation of the same copy', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const path = await scene.backup('s', {}, run);
  await recorded.news();
  const change = { path, replacePassword: true, workFactor: 2 };
  const factors = withPassword(PASSWORD, 'another stapler wombat orchid 1887');
  await changeEnvelopes(change, { ...run, factors });
  expect(await recorded.news()).toEqual([
    ...['job.begin ok', 'backup.change ok', 'copy.make ok', 'job.end ok'],
  ]);
  expect(await recorded.copies()).toMatchObject([{ generation: 2, superseded: false }]);
  const { rows } = await (await recorded.catalog.open()).backups();
  expect(rows.map(({ generation, superseded }) => [generation, superseded])).toEqual([
    [2, false],
    [1, true],
  ]);
});

test('copies in several places are told one by one, k of n', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const to = ['one', 'two'].map((name) => ({ kind: 'folder', path: scene.path(name) }) as const);
  for (const { path } of to) await mkdir(path);
  const source = sourceFromFile(await scene.file('sso', 's'));
  await backupToMedia({ source, to, envelopes: ['password'], workFactor: 2, eject: false }, run);
  const copies = await recorded.copies();
  expect(copies.map(({ number, of }) => [number, of]).toSorted()).toEqual([
    [1, 2],
    [2, 2],
  ]);
});

test('a copy that could not be made is told by its code, is no copy, and the job was not done', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  await mkdir(scene.path('one'));
  await writeFile(scene.path('two'), 'no folder');
  const to = ['one', 'two'].map((name) => ({ kind: 'folder', path: scene.path(name) }) as const);
  const source = sourceFromFile(await scene.file('sso', 's'));
  await backupToMedia({ source, to, envelopes: ['password'], workFactor: 2, eject: false }, run);
  expect(await recorded.news()).toEqual([
    ...['job.begin ok', 'secret.describe ok', 'backup.make ok', 'copy.make ok'],
    ...['copy.make DESTINATION_INVALID', 'job.end COPIES_INCOMPLETE'],
  ]);
  expect(await recorded.copies()).toHaveLength(1);
});

test('a drill that failed is a job that failed', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const from = await scene.backup('s', {}, run);
  await recorded.news();
  const wrong = { ...run, factors: withPassword('wrong') };
  const report = await drill({ from: { kind: 'file', path: from }, which: { kind: 'any' } }, wrong);
  expect(report.failure?.code).toBe('WRONG_PASSWORD');
  expect((await recorded.news()).slice(-2)).toEqual([
    ...['drill WRONG_PASSWORD', 'job.end WRONG_PASSWORD'],
  ]);
});

test('a discreet backup is known by its name here, and nowhere else', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  await scene.backup('s', { discreet: true, name: 'sso' }, run);
  const { rows } = await (await recorded.catalog.open()).backups();
  expect(rows).toMatchObject([{ secret: 'sso', discreet: true }]);
});

test('what is done to the store is recorded, reading it included', async () => {
  await using recorded = await openRecorded();
  const { run } = recorded;
  const store = storeOf(run.instance, run);
  await store.generate('sso');
  (await store.read('sso'))[Symbol.dispose]();
  await store.rotate('sso');
  await expect(store.read('none')).rejects.toThrow();
  const news = await recorded.news();
  expect(news).toEqual([
    ...['secret.generate ok', 'secret.observe ok', 'secret.read ok'],
    ...['secret.rotate ok', 'secret.observe ok', 'secret.read SECRET_NOT_FOUND'],
  ]);
});

test('a new version in the store is at once another live secret than the one that was backed up', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const store = storeOf(run.instance, run);
  const same = async (): Promise<boolean> => {
    const catalog = await recorded.catalog.open();
    const [secret] = await catalog.secrets();
    const { rows } = await catalog.backups();
    return secret?.observedMark !== null && secret?.observedMark === rows[0]?.mark;
  };
  await store.generate('sso');
  await scene.backup('', { source: store.source('sso') }, run);
  expect(await same()).toBe(true);
  await store.rotate('sso');
  expect(await same()).toBe(false);
});

test('a restore on a machine without an instance leaves nothing there', async () => {
  await using made = await openScene();
  const from = await made.backup('s');
  await using scene = await openScene();
  await using catalog = catalogAccess({ instance: scene.run().instance, surface: 'cli' });
  const { recorder } = catalog;
  const run = scene.run(withPassword(PASSWORD), { catalog, recorder });
  await restore({ from, to: toFile(scene.path('back')) }, run);
  await verify({ from, withFactors: true }, run);
  expect(await readdir(scene.folder)).toEqual(['back']);
});

test('neither password nor secret enters the catalog', async () => {
  await using recorded = await openRecorded();
  const { scene, run } = recorded;
  const from = await scene.backup('a secret that is long enough to be found', {}, run);
  await restore({ from, to: toFile(scene.path('back')) }, run);
  const all = JSON.stringify(await recorded.entries());
  expect(all).not.toContain('long enough to be found');
  expect(all).not.toContain('stapler');
});
