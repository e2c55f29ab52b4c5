import { execFileSync } from 'node:child_process';
import { link, mkdir, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { findBackups } from './find-backups.ts';
import { openShelf, openStranger, type Shelf } from './testing/shelf.ts';

vi.mock('node:fs/promises', async (original) => {
  const real: Record<string, unknown> = await original();
  return { ...real, readdir: vi.fn(real['readdir'] as typeof readdir) };
});

async function find(shelf: Shelf): Promise<{ file: string; outcome: string }[]> {
  const found = await findBackups(shelf.shelf, shelf.run().instance);
  return found.map(({ file, inspection, failure }) => {
    expect(inspection === null).toBe(failure !== null);
    return { file, outcome: inspection?.signature.status ?? failure?.code ?? '' };
  });
}

const names = async (shelf: Shelf): Promise<string[]> =>
  (await find(shelf)).map(({ file }) => file);
const created = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T10:00:00Z`;
const PARTIAL = '.sso.tar.0123456789abcdef.partial';

test('where there is no folder there is no backup', async () => {
  await using shelf = await openShelf();
  expect(await find(shelf)).toEqual([]);
  await rm(shelf.shelf, { recursive: true });
  expect(await find(shelf)).toEqual([]);
  await writeFile(shelf.shelf, 'a file');
  expect(await find(shelf)).toEqual([]);
});

test('backups are told newest first, by what they say of themselves', async () => {
  const previous = 'a'.repeat(64);
  await using shelf = await openShelf();
  await shelf.put('a.tar', { says: { created: created(5) } });
  await shelf.put('b.tar', { says: { created: created(9) } });
  await shelf.put('c.tar', { says: { created: created(7), generation: 1 } });
  await shelf.put('d.tar', { says: { created: created(7), generation: 2, previous } });
  expect(await names(shelf)).toEqual(['b.tar', 'd.tar', 'c.tar', 'a.tar']);
  const [first] = await findBackups(shelf.shelf, shelf.run().instance);
  expect(first).toMatchObject({
    ...{ file: 'b.tar', path: shelf.at('b.tar'), unfinished: false, failure: null },
    inspection: { created: created(9), signature: { status: 'trusted' } },
  });
});

test('what is no backup, or damaged, comes last, and says what is wrong', async () => {
  await using shelf = await openShelf();
  await shelf.put('good.tar');
  await shelf.put('zz-damaged.tar');
  await shelf.damage('zz-damaged.tar', 'manifest');
  await shelf.put('zz-short.tar');
  await truncate(shelf.at('zz-short.tar'), 4000);
  await writeFile(shelf.at('zz-junk.tar'), 'not a backup at all');
  await writeFile(shelf.at('zz-empty.tar'), '');
  const [first, ...others] = await find(shelf);
  expect(first).toEqual({ file: 'good.tar', outcome: 'trusted' });
  expect(Object.fromEntries(others.map(({ file, outcome }) => [file, outcome]))).toEqual({
    'zz-damaged.tar': 'BACKUP_DAMAGED',
    'zz-short.tar': 'BACKUP_DAMAGED',
    'zz-junk.tar': 'NOT_A_BACKUP',
    'zz-empty.tar': 'NOT_A_BACKUP',
  });
});

test(
  'only regular files are opened: no folder, link, pipe or device',
  { timeout: 5000 },
  async () => {
    await using shelf = await openShelf();
    const real = await shelf.put('real.tar');
    await mkdir(shelf.at('folder.tar'));
    await symlink(real, shelf.at('link.tar'));
    await symlink('/dev/zero', shelf.at('zero.tar'));
    await symlink('nowhere', shelf.at('nowhere.tar'));
    execFileSync('mkfifo', [shelf.at('pipe.tar')]);
    if (process.getuid?.() === 0) execFileSync('mknod', [shelf.at('device.tar'), 'c', '1', '5']);
    expect(await names(shelf)).toEqual(['real.tar']);
  },
);

test('other files are none of our business', async () => {
  await using shelf = await openShelf();
  const real = await shelf.put('real.tar');
  for (const name of ['notes.txt', '.hidden.tar', 'real.tar.gz', 'REAL.TAR', 'tar', '.x.partial'])
    await link(real, shelf.at(name));
  expect(await names(shelf)).toEqual(['real.tar']);
});

test('one that never got its name is told as unfinished, behind those that did', async () => {
  await using shelf = await openShelf();
  await shelf.put(PARTIAL, { says: { created: created(9) } });
  await shelf.put('old.tar', { says: { created: created(1) } });
  await writeFile(shelf.at('.x.fedcba9876543210.partial'), 'half of');
  const found = await findBackups(shelf.shelf, shelf.run().instance);
  expect(found).toMatchObject([
    { file: 'old.tar', unfinished: false },
    { file: PARTIAL, unfinished: true, failure: null },
    { file: '.x.fedcba9876543210.partial', unfinished: true, failure: { code: 'NOT_A_BACKUP' } },
  ]);
});

test('whose word a backup is, is told and not believed', async () => {
  await using shelf = await openShelf();
  await using bob = await openStranger(shelf, { trusted: false });
  await shelf.put('ours.tar');
  await shelf.put('theirs.tar', { signer: bob.key });
  await shelf.put('nobody.tar', { signer: null });
  const found = await find(shelf);
  expect(Object.fromEntries(found.map(({ file, outcome }) => [file, outcome]))).toEqual({
    'ours.tar': 'trusted',
    'theirs.tar': 'unknown-signer',
    'nobody.tar': 'unsigned',
  });
});

test('a file of any length is looked at in no time', { timeout: 5000 }, async () => {
  await using shelf = await openShelf();
  await writeFile(shelf.at('huge.tar'), '');
  await truncate(shelf.at('huge.tar'), 2 ** 41);
  await shelf.put('grown.tar');
  await truncate(shelf.at('grown.tar'), 2 ** 41);
  expect((await find(shelf)).map(({ outcome }) => outcome)).toEqual(
    expect.arrayContaining(['NOT_A_BACKUP', 'BACKUP_DAMAGED']),
  );
});

test('names without end do not keep us for ever', async () => {
  await using shelf = await openShelf();
  await shelf.put('a-first.tar');
  const many = Array.from({ length: 20_000 }, (_, at) => `b${at}.tar`);
  vi.mocked(readdir as (path: string) => Promise<string[]>).mockResolvedValueOnce([
    'a-first.tar',
    ...many,
  ]);
  expect(await names(shelf)).toEqual([]);
  expect(await names(shelf)).toEqual(['a-first.tar']);
});
