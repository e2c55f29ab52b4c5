import { mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { instanceAt } from '../instance/instance.ts';
import { cleanUnfinished } from './clean-unfinished.ts';

const HOUR = 3_600_000;

test('only what is old, never got its name and is no backup is removed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-clean-'));
  const instance = instanceAt({ folder: join(folder, 'state') });
  const old = '.a.tar.0123456789abcdef.partial';
  const fresh = '.b.tar.0123456789abcdef.partial';
  for (const name of [old, fresh, 'c.tar', 'other.txt']) await writeFile(join(folder, name), 'x');
  const before = new Date(Date.now() - 2 * HOUR);
  for (const name of [old, 'c.tar', 'other.txt']) await utimes(join(folder, name), before, before);
  const olderThan = new Date(Date.now() - HOUR);
  expect(await cleanUnfinished(folder, instance, { olderThan })).toEqual([join(folder, old)]);
  expect((await readdir(folder)).toSorted()).toEqual([fresh, 'c.tar', 'other.txt'].toSorted());
});
