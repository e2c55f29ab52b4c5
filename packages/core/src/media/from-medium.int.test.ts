import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { parseSelector } from '@holdfast/media';
import { asNobody, needRoot, type Stick } from '@holdfast/media/testing';
import { expect, test } from 'vitest';
import { restore } from '../restore.ts';
import { toFile } from '../targets/index.ts';
import { findBackups } from './find-backups.ts';
import { openMedium, pickBackup } from './from-medium.ts';
import { openMediaScene } from './testing/media-scene.ts';
import { openShelf } from './testing/shelf.ts';
import { assertAllSound, verifyMedium } from './verify-medium.ts';

const MIB = 1 << 20;
const LARGE = randomBytes(3 * MIB);
const USB = parseSelector('usb');

/** Has a stick return other bytes for a part of its only backup. */
async function spoil(stick: Stick): Promise<void> {
  await using mounted = await stick.openMounted('ro');
  const [file = ''] = await readdir(mounted.at('holdfast'));
  const bytes = await readFile(mounted.at(`holdfast/${file}`));
  await stick.alter(bytes.subarray(2 * MIB, 2 * MIB + 4096));
}

test('a stick is mounted read-only for as long as its backups are looked at', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  const { copies } = await scene.copyTo([stick], { content: LARGE });
  {
    await using medium = await openMedium(USB, scene.run());
    expect(medium.chosen.volume.label).toBe('BLACK');
    expect(medium.backups).toMatchObject([{ file: copies[0]?.file, failure: null }]);
    const [mount] = stick.mounts();
    expect(mount?.options).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']));
    const { path: from } = await pickBackup(medium.backups, 'secret.json', undefined);
    await restore({ from, to: toFile(scene.path('back')), pastCache: true }, scene.run());
  }
  expect((await readFile(scene.path('back'))).equals(LARGE)).toBe(true);
  expect(stick.mounts()).toEqual([]);
});

test('a stick that nobody wrote to, or that is write-protected, is read all the same', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  {
    await using empty = await openMedium(USB, scene.run());
    expect(empty.backups).toEqual([]);
  }
  await scene.copyTo([stick]);
  await stick.setReadOnly(true);
  await using medium = await openMedium(USB, scene.run());
  expect(medium.backups).toHaveLength(1);
});

test('what is read of a stick comes from the stick, and not from memory', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await scene.copyTo([stick], { content: LARGE });
  await using mounted = await stick.openMounted('ro');
  const [file = ''] = await readdir(mounted.at('holdfast'));
  const from = mounted.at(`holdfast/${file}`);
  await readFile(from);
  await spoil(stick);
  const restoring = restore({ from, to: toFile(scene.path('back')), pastCache: true }, scene.run());
  await expect(restoring).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  const { backups } = await verifyMedium(USB, { withFactors: false }, scene.run());
  expect(backups).toMatchObject([{ failure: { code: 'BACKUP_DAMAGED' } }]);
});

test('a folder of backups that leads off the stick is none of the stick', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  {
    await using mounted = await stick.openMounted();
    await mkdir(scene.path('elsewhere'));
    await scene.backup('of the host', { to: scene.path('elsewhere/host.tar') });
    await symlink(scene.path('elsewhere'), mounted.at('holdfast'));
  }
  await expect(openMedium(USB, scene.run())).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  expect(stick.mounts()).toEqual([]);
});

test('every backup on a stick is verified, and what is wrong with one is told', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  const good = await scene.copyTo([stick]);
  {
    await using mounted = await stick.openMounted();
    await writeFile(mounted.at('holdfast/junk.tar'), 'not a backup');
    await writeFile(mounted.at('holdfast/.x.tar.0123456789abcdef.partial'), 'half of');
  }
  const report = await verifyMedium(USB, { withFactors: true }, scene.run());
  expect(report).toMatchObject({
    where: `BLACK (${stick.node()})`,
    backups: [
      {
        file: good.copies[0]?.file,
        unfinished: false,
        verification: { checked: 'everything', fromMedium: true, opened: [1] },
        failure: null,
      },
      { file: 'junk.tar', verification: null, failure: { code: 'NOT_A_BACKUP' } },
      { unfinished: true, verification: null, failure: { code: 'NOT_A_BACKUP' } },
    ],
  });
  expect(() => assertAllSound(report)).toThrow(expect.objectContaining({ code: 'NOT_A_BACKUP' }));
  const sound = report.backups.filter(({ file }) => file !== 'junk.tar');
  assertAllSound({ ...report, backups: sound });
  expect(stick.mounts()).toEqual([]);
});

test('a backup that cannot be read to its end is told as that, and the next one verified', async () => {
  await using scene = await openMediaScene();
  // Its checksums tell btrfs that these are not the bytes that it wrote: reading them ends with EIO.
  const stick = await scene.loop.addStick({ fileSystem: 'btrfs' });
  await scene.copyTo([stick], { content: LARGE });
  await spoil(stick);
  await scene.copyTo([stick]);
  for (const withFactors of [false, true]) {
    const { backups } = await verifyMedium(USB, { withFactors }, scene.run());
    const codes = backups.map(({ failure }) => failure?.code);
    expect(codes).toHaveLength(2);
    expect(codes).toEqual(expect.arrayContaining([undefined, 'BACKUP_UNREADABLE']));
  }
});

test('only the backup that was named is verified', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await scene.copyTo([stick], { name: 'a' });
  await scene.copyTo([stick], { name: 'b' });
  const verifying = async (text: string) =>
    await verifyMedium(parseSelector(text), { withFactors: false }, scene.run());
  expect((await verifying('usb:BLACK/a')).backups).toMatchObject([
    { verification: { secret: 'a' } },
  ]);
  expect((await verifying('usb')).backups).toHaveLength(2);
  await expect(verifying('usb/c')).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
});

test('a stick without any backup has none to verify, and one that is missing is not found', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await expect(verifyMedium(USB, { withFactors: false }, scene.run())).rejects.toMatchObject({
    code: 'BACKUP_NOT_FOUND',
  });
  expect(stick.mounts()).toEqual([]);
  await stick.unplug();
  await expect(openMedium(USB, scene.run())).rejects.toMatchObject({ code: 'MEDIUM_NOT_FOUND' });
});

test('who cancels while a stick is verified is let go, and the stick left as it was', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await scene.copyTo([stick], { content: LARGE });
  const abort = new AbortController();
  const run = scene.run(undefined, { signal: abort.signal, onProgress: () => abort.abort() });
  await expect(verifyMedium(USB, { withFactors: false }, run)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(stick.mounts()).toEqual([]);
});

test('a folder that may not be looked into is said to be', async () => {
  needRoot();
  await using shelf = await openShelf();
  const { instance } = shelf.run();
  await expect(
    asNobody(async () => await findBackups(shelf.shelf, instance)),
  ).rejects.toMatchObject({ code: 'BACKUP_UNREADABLE' });
});
