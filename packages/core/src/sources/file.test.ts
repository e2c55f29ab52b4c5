import { execFile } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtempDisposable,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { sourceFromFile } from './file.ts';
import { readSource } from './read-source.fixture.ts';

const run = promisify(execFile);

async function folder() {
  return await mkdtempDisposable(join(tmpdir(), 'holdfast-source-'));
}

test('a file is read as it is, and its size is known', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'master.key');
  await writeFile(path, 'x'.repeat(5000));
  const source = sourceFromFile(path);
  expect(source).toMatchObject({ name: 'master.key', kind: 'file' });
  const { bytes, size } = await readSource(source);
  expect(size).toBe(5000);
  expect(bytes.toString()).toBe('x'.repeat(5000));
});

test('a link to a file is followed', async () => {
  await using dir = await folder();
  await writeFile(join(dir.path, 'real'), 'secret');
  await symlink('real', join(dir.path, 'link'));
  expect((await readSource(sourceFromFile(join(dir.path, 'link')))).bytes.toString()).toBe(
    'secret',
  );
});

test('a missing, empty or wrong source is refused at once', async () => {
  await using dir = await folder();
  await writeFile(join(dir.path, 'empty'), '');
  await mkdir(join(dir.path, 'sub'));
  await symlink('nowhere', join(dir.path, 'dangling'));
  for (const [name, code] of [
    ['missing', 'SOURCE_NOT_FOUND'],
    ['missing/below', 'SOURCE_NOT_FOUND'],
    ['empty/below', 'SOURCE_NOT_FOUND'],
    ['dangling', 'SOURCE_NOT_FOUND'],
    ['empty', 'SOURCE_EMPTY'],
    ['sub', 'SOURCE_UNREADABLE'],
  ] as const) {
    await expect(sourceFromFile(join(dir.path, name)).open({}), name).rejects.toMatchObject({
      code,
    });
  }
});

const CHANGES: readonly (readonly [how: string, change: (path: string) => Promise<void>])[] = [
  ['appended to', async (path) => await appendFile(path, 'more')],
  ['cut', async (path) => await truncate(path, 4500)],
  ['written to in place', async (path) => await writeFile(path, 'y'.repeat(5000))],
  ['touched', async (path) => await utimes(path, 1, 1)],
  ['removed', async (path) => await rm(path)],
  [
    'replaced by another file',
    async (path) => {
      await writeFile(`${path}.new`, 'x'.repeat(5000));
      await rename(`${path}.new`, path);
    },
  ],
];

test.each(CHANGES)('a file that is %s while it is read is not trusted', async (_, change) => {
  await using dir = await folder();
  const path = join(dir.path, 'secret');
  await writeFile(path, 'x'.repeat(5000));
  const reading = readSource(sourceFromFile(path), { during: async () => await change(path) });
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
});

test('a FIFO is read to its end', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'fifo');
  await run('mkfifo', [path]);
  const [{ bytes, size }] = await Promise.all([
    readSource(sourceFromFile(path)),
    run('sh', ['-c', `printf secret >"$1"`, 'sh', path]),
  ]);
  expect(bytes.toString()).toBe('secret');
  expect(size).toBeNull();
});

test('a FIFO that nobody writes to can be given up', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'fifo');
  await run('mkfifo', [path]);
  const signal = AbortSignal.timeout(100);
  await expect(sourceFromFile(path).open({ signal })).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('an empty FIFO is an empty source', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'fifo');
  await run('mkfifo', [path]);
  const reading = readSource(sourceFromFile(path));
  await Promise.all([
    expect(reading).rejects.toMatchObject({ code: 'SOURCE_EMPTY' }),
    run('sh', ['-c', `: >"$1"`, 'sh', path]),
  ]);
});

test('a file that says it is empty and is not is read to its end', async () => {
  const { bytes } = await readSource(sourceFromFile('/proc/self/status'));
  expect(bytes.toString()).toMatch(/^Name:/);
});

test('nothing is opened after it was cancelled', async () => {
  const signal = AbortSignal.abort();
  await expect(sourceFromFile('/etc/hostname').open({ signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});
