import { mkdir, mkdtempDisposable, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { isOnSystemDisk, openFolder } from './open-folder.ts';

async function folder() {
  return await mkdtempDisposable(join(tmpdir(), 'holdfast-folder-'));
}

test('a folder is where backups lie, and no medium', async () => {
  await using dir = await folder();
  await using volume = await openFolder(dir.path);
  expect(volume).toMatchObject({ chosen: null, root: dir.path, folder: dir.path });
  await volume.assertPresent();
  await volume.assertOnIt(join(dir.path));
  expect(await volume.forget()).toBe(false);
  await volume.eject();
  await volume.assertPresent();
});

test('a link to a folder is followed once and for all', async () => {
  await using dir = await folder();
  const [link, real] = [join(dir.path, 'link'), join(dir.path, 'real')];
  await mkdir(real);
  await symlink(real, link);
  await using volume = await openFolder(link);
  await rm(link);
  await symlink('/proc', link);
  expect(volume.folder).toBe(real);
  await volume.assertPresent();
});

test('what is no folder is refused', async () => {
  await using dir = await folder();
  await writeFile(join(dir.path, 'file'), '');
  await symlink('circle', join(dir.path, 'circle'));
  for (const name of ['file', 'nothing', 'circle', 'file/below']) {
    await expect(openFolder(join(dir.path, name)), name).rejects.toMatchObject({
      code: 'DESTINATION_INVALID',
    });
  }
});

test('a folder that goes, or what lies on another file system, is noticed', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'sub');
  await mkdir(path);
  await using volume = await openFolder(path);
  const changed = { code: 'MEDIUM_CHANGED' };
  await expect(volume.assertOnIt('/proc/version')).rejects.toMatchObject(changed);
  await expect(volume.assertOnIt(join(path, 'nothing'))).rejects.toMatchObject(changed);
  await rm(path, { recursive: true });
  await expect(volume.assertPresent()).rejects.toMatchObject(changed);
});

test('the disk of the system is told from others', async () => {
  expect(await isOnSystemDisk('/')).toBe(true);
  expect(await isOnSystemDisk('/proc')).toBe(false);
});
