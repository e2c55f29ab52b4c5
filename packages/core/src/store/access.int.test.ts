import { chown, mkdtempDisposable, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Secret } from '@holdfast/age';
import { expect, test } from 'vitest';

import { asNobody, needRoot } from '@holdfast/media/testing';
import { instanceAt } from '../instance/instance.ts';
import { storeOf } from './store.ts';

async function scene(group?: string) {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-access-'));
  const folder = join(dir.path, 'state');
  return Object.assign(dir, { folder, store: storeOf(instanceAt({ folder, group })) });
}

test('whom the instance does not serve gets nothing from the store, root included', async () => {
  needRoot();
  await using dir = await scene();
  const { store, folder } = dir;
  await store.generate('sso');
  await chown(folder, 1234, 1234);
  const denied = { code: 'ACCESS_DENIED' };
  using value = Secret.fromText('value');
  await expect(store.list()).rejects.toMatchObject(denied);
  await expect(store.read('sso')).rejects.toMatchObject(denied);
  await expect(store.rotate('sso')).rejects.toMatchObject(denied);
  await expect(store.import('new', value)).rejects.toMatchObject(denied);
  await expect(store.stage('new', value, 'generate')).rejects.toMatchObject(denied);
  await expect(store.source('sso').open({})).rejects.toMatchObject(denied);
  await expect(store.target('sso').prepare?.()).rejects.toMatchObject(denied);
  await expect(asNobody(async () => await store.read('sso'))).rejects.toMatchObject(denied);
  expect(await readdir(join(folder, 'secrets'))).toEqual(['sso']);
});

test('what a group shares belongs to the group', async () => {
  needRoot();
  await using dir = await scene('daemon');
  const { gid } = await stat('/etc/hostname');
  await dir.store.generate('sso');
  for (const [name, mode] of [
    ['', 0o770],
    ['secrets', 0o770],
    ['secrets/sso', 0o770],
    ['secrets/sso/1.age', 0o660],
    ['store-identity.txt', 0o660],
  ] as const) {
    const found = await stat(join(dir.folder, name));
    expect(found.mode & 0o777, name).toBe(mode);
    expect(found.gid, name).not.toBe(gid);
  }
});
