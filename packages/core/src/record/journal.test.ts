import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { journalIn } from './journal.ts';

const PERMISSIONS = { gid: null, fileMode: 0o600, folderMode: 0o700 };

function event(id: string): RecordedEvent {
  return {
    ...{ id, time: '2026-11-26T08:00:00.000Z' },
    actor: { who: 'root', from: 'cli on here', instance: 'SHA256:x' },
    event: { action: 'init', outcome: 'ok', detail: { made: ['folder'] } },
  };
}

async function openJournal() {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-journal-'));
  return {
    folder,
    journal: journalIn(folder, async () => PERMISSIONS),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}

test('what is kept comes back in its order, and is gone when it is dropped', async () => {
  await using held = await openJournal();
  const { journal } = held;
  await journal.keep([event('a'), event('b')]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await journal.keep([event('c')]);
  const pending = await journal.pending();
  expect(pending.map(({ events }) => events.map(({ id }) => id))).toEqual([['a', 'b'], ['c']]);
  await pending[0]?.drop();
  await pending[0]?.drop();
  expect((await journal.pending()).map(({ events }) => events)).toEqual([[event('c')]]);
});

test('nothing is made before something is kept, and then for its owner only', async () => {
  await using held = await openJournal();
  expect(await held.journal.pending()).toEqual([]);
  expect(await readdir(held.folder)).toEqual([]);
  await held.journal.keep([event('a')]);
  const folder = join(held.folder, 'journal');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const [name = ''] = await readdir(folder);
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test.each([
  '',
  '{',
  '[]x',
  '{}',
  '[1]',
  '[{"id":"a"}]',
  JSON.stringify([{ ...event('a'), event: {} }]),
])('an entry that is damaged (%j) is set aside and never thrown away', async (text) => {
  await using held = await openJournal();
  await held.journal.keep([event('a')]);
  const folder = join(held.folder, 'journal');
  const [first = ''] = await readdir(folder);
  await writeFile(join(folder, first), text);
  await held.journal.keep([event('b')]);
  expect((await held.journal.pending()).map(({ events }) => events)).toEqual([[event('b')]]);
  expect(await readdir(folder)).toContain(`${first}.damaged`);
});
