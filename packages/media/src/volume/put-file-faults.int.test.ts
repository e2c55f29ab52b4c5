import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { runInjected } from '../testing/faults.ts';

const PUT_ONCE = new URL('put-once.fixture.ts', import.meta.url);

const FAULTS: readonly (readonly [what: string, inject: string, code: string])[] = [
  ['syncing while writing', 'fdatasync:error=EIO:when=1', 'DESTINATION_LOST'],
  ['syncing the file', 'fsync:error=EIO:when=1', 'DESTINATION_LOST'],
  ['syncing the file once it has its name', 'fsync:error=EIO:when=2', 'DESTINATION_LOST'],
  ['syncing the folder', 'fsync:error=EIO:when=3', 'DESTINATION_LOST'],
  ['naming it', '?link,linkat:error=EIO', 'DESTINATION_LOST'],
];

test.each(FAULTS)('when %s fails, no file has the name', async (_what, inject, code) => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-inject-'));
  const [folder, from] = [join(dir.path, 'folder'), join(dir.path, 'content')];
  await mkdir(folder);
  await writeFile(from, Buffer.alloc(1 << 20, 7));
  const { stdout } = await runInjected(inject, PUT_ONCE, [folder, from]);
  expect(stdout).toBe(code);
  expect(await readdir(folder)).toEqual([]);
});

test('without hard links a file is put all the same', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-inject-'));
  const [folder, from] = [join(dir.path, 'folder'), join(dir.path, 'content')];
  await mkdir(folder);
  await writeFile(from, 'content');
  const { stdout } = await runInjected('?link,linkat:error=EPERM', PUT_ONCE, [folder, from]);
  expect(stdout).toBe(join(folder, 'out'));
  expect(await readFile(stdout, 'utf8')).toBe('content');
});
