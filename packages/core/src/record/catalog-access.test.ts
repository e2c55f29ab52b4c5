import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry, CatalogEvent } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { openScene, type Scene } from '../testing/scene.ts';
import { catalogAccess, type CatalogAccess } from './catalog-access.ts';

function event(secret: string): CatalogEvent {
  return { action: 'secret.generate', outcome: 'ok', secret, detail: { version: 1 } };
}

function access(scene: Scene): CatalogAccess {
  return catalogAccess({ instance: scene.run().instance, surface: 'cli' });
}

async function openMadeScene(): Promise<Scene> {
  await using resources = new AsyncDisposableStack();
  const scene = resources.use(await openScene());
  await scene.run().instance.signer();
  resources.move();
  return scene;
}

async function record(scene: Scene, ...events: CatalogEvent[]): Promise<readonly string[]> {
  await using catalog = access(scene);
  for (const each of events) await catalog.recorder.record([each]);
  return catalog.recorder.warnings;
}

async function entries(scene: Scene): Promise<AuditEntry[]> {
  await using catalog = access(scene);
  const all: AuditEntry[] = [];
  for await (const entry of (await catalog.open()).entries()) all.push(entry);
  return all;
}

const secretsIn = (all: readonly AuditEntry[]) => all.map(({ event: { secret } }) => secret);

test('what is recorded is there with who did it, and its head is signed and kept outside', async () => {
  await using scene = await openMadeScene();
  expect(await record(scene, event('a'), event('b'))).toEqual([]);
  const all = await entries(scene);
  const { signer } = await scene.run().instance.signer();
  expect(secretsIn(all)).toEqual(['a', 'b']);
  expect(all[0]?.actor).toMatchObject({ instance: signer.fingerprint });
  expect(all[0]?.actor.from).toMatch(/^cli on ./);
  const head: unknown = JSON.parse(await readFile(scene.path('state/audit-head.json'), 'utf8'));
  expect(head).toMatchObject({ sequence: 2, hash: all[1]?.hash });
  expect((await stat(scene.path('state/catalog.db'))).mode & 0o777).toBe(0o600);
});

test('where there is no instance, nothing is made only to remember something', async () => {
  await using scene = await openScene();
  expect(await record(scene, event('a'))).toEqual([]);
  await expect(stat(scene.path('state'))).rejects.toThrow();
  await using catalog = access(scene);
  expect(await catalog.openIfThere()).toBeNull();
});

test('what a damaged catalog cannot take is kept, told, and recorded when it can', async () => {
  await using scene = await openMadeScene();
  await record(scene, event('a'));
  const path = scene.path('state/catalog.db');
  const whole = await readFile(path);
  for (const end of ['-wal', '-shm']) await rm(`${path}${end}`, { force: true });
  await writeFile(path, 'no catalog at all, but long enough to look like something '.repeat(40));
  const warnings = await record(scene, event('b'), event('c'));
  expect(warnings).toHaveLength(2);
  expect(await readdir(scene.path('state/journal'))).toHaveLength(2);
  await writeFile(path, whole);
  await record(scene, event('d'));
  expect(secretsIn(await entries(scene))).toEqual(['a', 'b', 'c', 'd']);
  expect(await readdir(scene.path('state/journal'))).toEqual([]);
});

test('what was recorded and could not be dropped from the journal is not recorded twice', async () => {
  await using scene = await openMadeScene();
  await record(scene, event('a'));
  const [first] = await entries(scene);
  const again = JSON.stringify([first]);
  await using catalog = access(scene);
  await catalog.recorder.record([event('b')]);
  await mkdir(scene.path('state/journal'));
  const name = `${String(Date.now())}-00000000-0000-4000-8000-000000000000.json`;
  await writeFile(join(scene.path('state/journal'), name), again);
  expect(secretsIn(await entries(scene))).toEqual(['a', 'b']);
  expect(await readdir(scene.path('state/journal'))).toEqual([]);
});

test('a catalog that is gone is not made anew as if there had been none', async () => {
  await using scene = await openMadeScene();
  await record(scene, event('a'));
  for (const end of ['', '-wal', '-shm']) {
    await rm(scene.path(`state/catalog.db${end}`), { force: true });
  }
  await using catalog = access(scene);
  await expect(catalog.open()).rejects.toMatchObject({ code: 'CATALOG_LOST' });
  expect(await record(scene, event('b'))).toHaveLength(1);
  await expect(stat(scene.path('state/catalog.db'))).rejects.toThrow();
});

test('a state folder that nothing can be written to is a warning, and nothing else', async () => {
  await using scene = await openMadeScene();
  // A mode does not keep root out.
  const isRoot = process.getuid?.() === 0;
  const freeze = async (frozen: boolean): Promise<void> => {
    const state = scene.path('state');
    if (isRoot) execFileSync('chattr', [frozen ? '+i' : '-i', state]);
    else await chmod(state, frozen ? 0o500 : 0o700);
  };
  await freeze(true);
  try {
    expect(await record(scene, event('a'))).toHaveLength(1);
  } finally {
    await freeze(false);
  }
  expect(await record(scene, event('b'))).toEqual([]);
});
