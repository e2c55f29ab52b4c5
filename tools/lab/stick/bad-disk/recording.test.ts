import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { cuts, replay, type DiskEvent } from './recording.ts';

const flush: DiskEvent = { kind: 'flush' };
const write = (offset: number, text: string): DiskEvent & { kind: 'write' } => ({
  kind: 'write',
  offset,
  bytes: Buffer.from(text),
});

test('between two flushes any write may be alone or missing, and none that was flushed is', () => {
  const events = [write(0, 'a'), flush, write(1, 'b'), write(2, 'c'), write(3, 'd'), flush];
  const found = [...cuts(events)].map(({ name, writes }) => [
    name,
    writes.map(({ bytes }) => bytes.toString()).join(''),
  ]);
  expect(found).toEqual([
    ['before write 1', ''],
    ['after write 1', 'a'],
    ['without write 2', 'acd'],
    ['after write 2', 'ab'],
    ['write 3 alone', 'ac'],
    ['without write 3', 'abd'],
    ['after write 3', 'abc'],
    ['write 4 alone', 'ad'],
    ['after write 4', 'abcd'],
  ]);
});

test('what no flush follows is cut, too', () => {
  expect([...cuts([write(0, 'a')])].map(({ name }) => name)).toEqual([
    'before write 1',
    'after write 1',
  ]);
});

test('writes are replayed in order, over a copy of what was there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recording-'));
  const base = join(folder, 'base');
  const made = join(folder, 'made');
  await writeFile(base, '........');
  await replay(base, [write(1, 'abc'), write(2, 'xyz')], made);
  expect(await readFile(made, 'utf8')).toBe('.axyz...');
  expect(await readFile(base, 'utf8')).toBe('........');
});
