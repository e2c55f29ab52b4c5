import { randomUUID } from 'node:crypto';
import { link, readdir, symlink, writeFile } from 'node:fs/promises';
import { openFolder } from '@holdfast/media';
import { expect, test } from 'vitest';
import type { Run } from '../run.ts';
import { removeSuperseded } from './keep.ts';
import { openShelf, openStranger, type Shelf, type Shelved } from './testing/shelf.ts';

const created = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T10:00:00Z`;
const onDay = (day: number, more: Shelved['says'] = {}): Shelved => ({
  says: { id: randomUUID(), created: created(day), ...more },
});

/** Puts one backup a day there, the last of them the new one. */
async function fill(shelf: Shelf, days: number): Promise<void> {
  for (let day = 1; day <= days; day += 1) await shelf.put(`day${day}.tar`, onDay(day));
}

interface Kept {
  readonly removed: readonly string[];
  readonly left: readonly string[];
  readonly warnings: readonly string[];
}

/** As after `file` was written and proven. */
async function keepNewest(
  shelf: Shelf,
  keep: number,
  file: string,
  { secret = 'secret.json', run = shelf.run() }: { secret?: string | null; run?: Run } = {},
): Promise<Kept> {
  const { signer } = await run.instance.signer();
  const sealed = {
    ...{ id: '', secret, payloadSize: 0, size: 0, envelopes: [], signer },
    ...{ waivers: [], warnings: [] },
  };
  const warnings: string[] = [];
  await using volume = await openFolder(shelf.shelf);
  const request = { path: shelf.at(file), sealed, keep };
  const gone = await removeSuperseded(volume, request, run, warnings);
  const removed = gone.map((it) => it.file);
  return { removed, left: (await readdir(shelf.shelf)).toSorted(), warnings };
}

test.each([
  [1, ['day4.tar', 'day3.tar', 'day2.tar', 'day1.tar'], ['day5.tar']],
  [2, ['day3.tar', 'day2.tar', 'day1.tar'], ['day4.tar', 'day5.tar']],
  [5, [], ['day1.tar', 'day2.tar', 'day3.tar', 'day4.tar', 'day5.tar']],
  [20, [], ['day1.tar', 'day2.tar', 'day3.tar', 'day4.tar', 'day5.tar']],
])('of five generations the newest %i are left, the new one among them', async (n, gone, left) => {
  await using shelf = await openShelf();
  await fill(shelf, 5);
  expect(await keepNewest(shelf, n, 'day5.tar')).toEqual({ removed: gone, left, warnings: [] });
});

test('a damaged one is left, is not counted, and is told', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 4);
  await shelf.damage('day3.tar');
  const { removed, left, warnings } = await keepNewest(shelf, 2, 'day4.tar');
  expect(removed).toEqual(['day1.tar']);
  expect(left).toEqual(['day2.tar', 'day3.tar', 'day4.tar']);
  expect(warnings).toEqual([expect.stringContaining('day3.tar')]);
});

test('two files of one backup are one generation', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 3);
  const id = randomUUID();
  for (const file of ['day4.tar', 'again.tar']) await shelf.put(file, onDay(4, { id }));
  await shelf.put('day5.tar', onDay(5));
  const { removed, left } = await keepNewest(shelf, 2, 'day5.tar');
  expect(removed).toEqual(['day3.tar', 'day2.tar', 'day1.tar']);
  expect(left).toEqual(['again.tar', 'day4.tar', 'day5.tar']);
});

test('what cannot even be told to be ours is left', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 3);
  await shelf.damage('day1.tar', 'manifest');
  await writeFile(shelf.at('junk.tar'), 'not a backup');
  await shelf.put('.day2.tar.0123456789abcdef.partial', onDay(1));
  const { removed, left } = await keepNewest(shelf, 1, 'day3.tar');
  expect(removed).toEqual(['day2.tar']);
  expect(left).toEqual(
    ['.day2.tar.0123456789abcdef.partial', 'day1.tar', 'day3.tar', 'junk.tar'].toSorted(),
  );
});

test('with nothing whole to supersede them, none is removed', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 4);
  await shelf.damage('day2.tar');
  await shelf.damage('day3.tar');
  expect((await keepNewest(shelf, 3, 'day4.tar')).removed).toEqual([]);
});

test.each([true, false])(
  'what somebody else signed is never removed, nor counted (trusted: %s)',
  async (trusted) => {
    await using shelf = await openShelf();
    await using bob = await openStranger(shelf, { trusted });
    await shelf.put('bob1.tar', { ...onDay(1), signer: bob.key });
    await shelf.put('day2.tar', onDay(2));
    await shelf.put('bob3.tar', { ...onDay(3), signer: bob.key });
    await shelf.put('day4.tar', onDay(4));
    const { removed, left } = await keepNewest(shelf, 2, 'day4.tar');
    expect(removed).toEqual([]);
    expect(left).toHaveLength(4);
    expect((await keepNewest(shelf, 1, 'day4.tar')).removed).toEqual(['day2.tar']);
  },
);

test('what nobody signed is never removed', async () => {
  await using shelf = await openShelf();
  await shelf.put('unsigned.tar', { ...onDay(1), signer: null });
  await shelf.put('day2.tar', onDay(2));
  expect((await keepNewest(shelf, 1, 'day2.tar')).removed).toEqual([]);
});

test('backups of another secret, and discreet ones, are never removed', async () => {
  await using shelf = await openShelf();
  const discreet = { secret: null, host: null, holdfast: null, hint: null };
  await shelf.put('other.tar', onDay(1, { secret: 'other.json' }));
  await shelf.put('discreet.tar', onDay(2, discreet));
  await shelf.put('new.tar', onDay(3));
  expect((await keepNewest(shelf, 1, 'new.tar')).removed).toEqual([]);
});

test('a discreet backup removes nothing, and that is told', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 3);
  const { removed, warnings } = await keepNewest(shelf, 1, 'day3.tar', { secret: null });
  expect(removed).toEqual([]);
  expect(warnings).toHaveLength(1);
});

test('after the clock went back the new one stays, and what says that it is newer too', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 3);
  await shelf.put('new.tar', { says: { created: '2001-01-01T00:00:00Z' } });
  const { removed, left } = await keepNewest(shelf, 1, 'new.tar');
  expect(removed).toEqual([]);
  expect(left).toContain('new.tar');
  expect(left).toHaveLength(4);
});

test('a copy under another name, and a link, take nothing with them', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 2);
  await link(shelf.at('day2.tar'), shelf.at('day2-again.tar'));
  await symlink('day1.tar', shelf.at('link.tar'));
  const { removed, left } = await keepNewest(shelf, 1, 'day2.tar');
  expect(removed).toContain('day1.tar');
  expect(left).toEqual(expect.arrayContaining(['day2.tar', 'link.tar']));
});

test('when the new one is not found, nothing is removed', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 3);
  const { removed } = await keepNewest(shelf, 1, 'elsewhere.tar');
  expect(removed).toEqual([]);
});

test('who cancels meanwhile loses nothing', async () => {
  await using shelf = await openShelf();
  await fill(shelf, 4);
  const run = { ...shelf.run(), signal: AbortSignal.abort() };
  await expect(keepNewest(shelf, 2, 'day4.tar', { run })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(await readdir(shelf.shelf)).toHaveLength(4);
});
