import { expect, test } from 'vitest';
import { findBackups, type FoundBackup } from './find-backups.ts';
import { pickBackup } from './from-medium.ts';
import { openShelf, type Shelf } from './testing/shelf.ts';

const created = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T10:00:00Z`;
const discreet = { secret: null, host: null, holdfast: null, hint: null };
const PARTIAL = '.sso.tar.0123456789abcdef.partial';

const found = async (shelf: Shelf): Promise<FoundBackup[]> =>
  await findBackups(shelf.shelf, shelf.run().instance);

/** Which file is picked. */
async function pick(
  shelf: Shelf,
  name: string | null,
  answer?: (names: readonly string[]) => string | null,
): Promise<string> {
  const source = answer && { chooseBackup: async (names: readonly string[]) => answer(names) };
  return (await pickBackup(await found(shelf), name, source)).file;
}

test('the newest backup of the only secret is the one that is meant', async () => {
  await using shelf = await openShelf();
  await shelf.put('old.tar', { says: { created: created(1) } });
  await shelf.put('new.tar', { says: { created: created(2) } });
  expect(await pick(shelf, null)).toBe('new.tar');
  expect(await pick(shelf, 'secret.json')).toBe('new.tar');
  expect(await pick(shelf, 'old.tar')).toBe('old.tar');
});

test('of several secrets a name picks one, or a person does, or it is an error', async () => {
  await using shelf = await openShelf();
  await shelf.put('a.tar', { says: { secret: 'a', created: created(1) } });
  await shelf.put('b.tar', { says: { secret: 'b', created: created(2) } });
  await shelf.put('d.tar', { says: { ...discreet, created: created(3) } });
  expect(await pick(shelf, 'a')).toBe('a.tar');
  const asked: string[] = [];
  const first = (names: readonly string[]): string => {
    asked.push(...names);
    return names[0] ?? '';
  };
  expect(await pick(shelf, null, first)).toBe('d.tar');
  expect(asked).toHaveLength(3);
  expect(asked.slice(1)).toEqual(['b', 'a']);
  const ambiguous = { code: 'BACKUP_AMBIGUOUS' };
  await expect(pick(shelf, null)).rejects.toMatchObject(ambiguous);
  await expect(pick(shelf, null, () => null)).rejects.toMatchObject(ambiguous);
});

test('a discreet backup alone is found without a name', async () => {
  await using shelf = await openShelf();
  await shelf.put('d.tar', { says: discreet });
  expect(await pick(shelf, null)).toBe('d.tar');
});

test('what is damaged is not taken for the newest, but can be named', async () => {
  await using shelf = await openShelf();
  await shelf.put('old.tar', { says: { created: created(1) } });
  await shelf.put('new.tar', { says: { created: created(2) } });
  await shelf.damage('new.tar', 'manifest');
  expect(await pick(shelf, null)).toBe('old.tar');
  expect(await pick(shelf, 'new.tar')).toBe('new.tar');
});

test('one that never got its name is taken only when it is all there is', async () => {
  await using shelf = await openShelf();
  await shelf.put(PARTIAL, { says: { created: created(9) } });
  expect(await pick(shelf, null)).toBe(PARTIAL);
  expect(await pick(shelf, 'secret.json')).toBe(PARTIAL);
  await shelf.put('old.tar', { says: { created: created(1) } });
  expect(await pick(shelf, null)).toBe('old.tar');
  expect(await pick(shelf, 'secret.json')).toBe('old.tar');
});

test('one of another secret that never got its name does not make it ambiguous', async () => {
  await using shelf = await openShelf();
  await shelf.put('old.tar', { says: { secret: 'a' } });
  await shelf.put(PARTIAL, { says: { secret: 'b' } });
  expect(await pick(shelf, null)).toBe('old.tar');
  expect(await pick(shelf, 'b')).toBe(PARTIAL);
});

test('where there is none, or none of that name, it is not found', async () => {
  await using shelf = await openShelf();
  const missing = { code: 'BACKUP_NOT_FOUND' };
  await expect(pick(shelf, null)).rejects.toMatchObject(missing);
  await shelf.put('a.tar');
  await shelf.damage('a.tar', 'manifest');
  await expect(pick(shelf, null)).rejects.toMatchObject(missing);
  await shelf.put('b.tar');
  await expect(pick(shelf, 'other')).rejects.toMatchObject(missing);
  await expect(pick(shelf, '../b.tar')).rejects.toMatchObject(missing);
});
