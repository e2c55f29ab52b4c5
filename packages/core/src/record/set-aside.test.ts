import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openScene } from '../testing/scene.ts';
import { keepFormerHead, setCatalogAside } from './set-aside.ts';

const NOW = { now: new Date('2026-11-25T22:33:25.123Z'), why: 'damaged' } as const;

test('a catalog is given another name with all that belongs to it', async () => {
  await using scene = await openScene();
  for (const end of ['', '-wal', '-shm']) await scene.file(`catalog.db${end}`, `content${end}`);
  const aside = await setCatalogAside(scene.path('catalog.db'), NOW);
  expect(aside).toBe(scene.path('catalog.db.20261125T223325Z.damaged'));
  const name = 'catalog.db.20261125T223325Z.damaged';
  expect((await readdir(scene.folder)).toSorted()).toEqual([name, `${name}-shm`, `${name}-wal`]);
  expect(await readFile(`${aside ?? ''}-wal`, 'utf8')).toBe('content-wal');
});

test('what was set aside before is never replaced', async () => {
  await using scene = await openScene();
  for (const content of ['one', 'two', 'three']) {
    await scene.file('catalog.db', content);
    await setCatalogAside(scene.path('catalog.db'), NOW);
  }
  const names = (await readdir(scene.folder)).toSorted();
  const contents = await Promise.all(
    names.map(async (it) => await readFile(scene.path(it), 'utf8')),
  );
  expect(contents.toSorted()).toEqual(['one', 'three', 'two']);
});

test('where there is no catalog, nothing is set aside', async () => {
  await using scene = await openScene();
  expect(await setCatalogAside(scene.path('catalog.db'), NOW)).toBeNull();
  expect(await readdir(scene.folder)).toEqual([]);
});

test('what was not merged into a file that is gone does not stay for the next one', async () => {
  await using scene = await openScene();
  await scene.file('catalog.db-wal', 'left');
  expect(await setCatalogAside(scene.path('catalog.db'), NOW)).not.toBeNull();
  expect(await readdir(scene.folder)).toEqual(['catalog.db.20261125T223325Z.damaged-wal']);
});

test('the head of the former catalog stays beside the next one', async () => {
  await using scene = await openScene();
  await keepFormerHead(scene.folder, NOW.now);
  expect(await readdir(scene.folder)).toEqual([]);
  await scene.file('audit-head.json', 'a head');
  await keepFormerHead(scene.folder, NOW.now);
  const kept = scene.path('audit-head.json.20261125T223325Z.former');
  expect(await readFile(kept, 'utf8')).toBe('a head');
});

test('a folder in which nothing can be renamed is a typed error, and all stays as it was', async () => {
  await using scene = await openScene();
  await scene.file('catalog.db', 'content');
  await scene.file('audit-head.json', 'a head');
  // A mode does not keep root out.
  const isRoot = process.getuid?.() === 0;
  const freeze = async (frozen: boolean): Promise<void> => {
    if (isRoot) execFileSync('chattr', [frozen ? '+i' : '-i', scene.folder]);
    else await chmod(scene.folder, frozen ? 0o500 : 0o700);
  };
  const refused = { code: 'DESTINATION_UNWRITABLE' };
  await freeze(true);
  try {
    const aside = setCatalogAside(scene.path('catalog.db'), NOW);
    await expect(aside).rejects.toMatchObject(refused);
    await expect(keepFormerHead(scene.folder, NOW.now)).rejects.toMatchObject(refused);
  } finally {
    await freeze(false);
  }
  expect((await readdir(scene.folder)).toSorted()).toEqual(['audit-head.json', 'catalog.db']);
});
