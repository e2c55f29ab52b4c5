import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { darwinFingerprint, darwinSequences, type DarwinFolders } from './darwin-nodes.ts';

let root: string;
let folders: DarwinFolders;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-nodes-'));
  folders = { dev: join(root, 'dev'), volumes: join(root, 'Volumes') };
  await mkdir(folders.dev);
  await mkdir(folders.volumes);
  for (const name of ['disk0', 'disk0s1', 'rdisk0', 'null'])
    await writeFile(join(folders.dev, name), '');
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test('it stays the same while nothing changes, and whatever else is made in /dev', async () => {
  const before = await darwinFingerprint(folders);
  await writeFile(join(folders.dev, 'ttys001'), '');

  expect(await darwinFingerprint(folders)).toBe(before);
});

test('it differs when a disk, a partition or a mounted volume comes', async () => {
  const prints = [await darwinFingerprint(folders)];
  for (const path of [join(folders.dev, 'disk4'), join(folders.dev, 'disk4s1')]) {
    await writeFile(path, '');
    prints.push(await darwinFingerprint(folders));
  }
  await mkdir(join(folders.volumes, 'STICK'));
  prints.push(await darwinFingerprint(folders));

  expect(new Set(prints).size).toBe(4);
});

test('it differs, as does the sequence, when another disk has come by the same name', async () => {
  const before = await darwinFingerprint(folders);
  const first = (await darwinSequences(folders)).get('disk0');
  // The new one is there before the old one goes, so that it cannot have its number.
  await writeFile(join(root, 'next'), '');
  await rename(join(root, 'next'), join(folders.dev, 'disk0'));

  expect((await darwinSequences(folders)).get('disk0')).not.toBe(first);
  expect(await darwinFingerprint(folders)).not.toBe(before);
});

test('only whole disks have a sequence', async () => {
  expect([...(await darwinSequences(folders)).keys()]).toEqual(['disk0']);
});
