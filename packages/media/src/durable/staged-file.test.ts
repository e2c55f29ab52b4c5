import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtempDisposable,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { openStagedFile, type StagingOptions } from './staged-file.ts';
import { writeFileDurably } from './write-file.ts';

const writeAt = promisify(write);

async function folder() {
  return await mkdtempDisposable(join(tmpdir(), 'holdfast-durable-'));
}

async function put(path: string, text: string, replace: StagingOptions['replace'] = 'refuse') {
  await using file = await openStagedFile(path, { replace });
  await writeAt(file.fd, Buffer.from(text), 0, undefined, 0);
  return await file.commit();
}

test('a staged file has its name only after the commit, and mode 0600 throughout', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out.tar');
  {
    await using file = await openStagedFile(path, { replace: 'refuse' });
    await writeAt(file.fd, Buffer.from('whole'));
    expect(await readdir(dir.path)).toEqual([expect.stringMatching(/^\.out\.tar\..*\.partial$/)]);
    expect((await stat(file.temporaryPath)).mode & 0o777).toBe(0o600);
    expect(await file.commit()).toEqual({ kept: null });
  }
  expect(await readdir(dir.path)).toEqual(['out.tar']);
  expect(await readFile(path, 'utf8')).toBe('whole');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a staged file that is not committed leaves no trace', async () => {
  await using dir = await folder();
  {
    await using file = await openStagedFile(join(dir.path, 'out'), { replace: 'refuse' });
    await writeAt(file.fd, Buffer.from('half'));
  }
  expect(await readdir(dir.path)).toEqual([]);
});

test('an existing file is refused before anything is written', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  await writeFile(path, 'former');
  await expect(openStagedFile(path, { replace: 'refuse' })).rejects.toMatchObject({
    code: 'DESTINATION_EXISTS',
  });
  expect(await readdir(dir.path)).toEqual(['out']);
});

test('a file that appears meanwhile is not replaced', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  {
    await using file = await openStagedFile(path, { replace: 'refuse' });
    await writeFile(path, 'theirs');
    await expect(file.commit()).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  }
  expect(await readFile(path, 'utf8')).toBe('theirs');
  expect(await readdir(dir.path)).toEqual(['out']);
});

test('of many that want one name exactly one gets it', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  const tries = await Promise.allSettled(
    Array.from({ length: 16 }, async (_, index) => await put(path, `number ${String(index)}`)),
  );
  const won = tries.findIndex(({ status }) => status === 'fulfilled');
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(`number ${String(won)}`);
  expect(await readdir(dir.path)).toEqual(['out']);
});

test('overwriting replaces the file and keeps its mode', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  await writeFile(path, 'former');
  await chmod(path, 0o640);
  expect(await put(path, 'new', 'overwrite')).toEqual({ kept: null });
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readdir(dir.path)).toEqual(['out']);
});

test('the former file is kept under the next free number', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  await writeFile(path, 'one');
  expect(await put(path, 'two', 'keep-numbered')).toEqual({ kept: `${path}.~1~` });
  expect(await put(path, 'three', 'keep-numbered')).toEqual({ kept: `${path}.~2~` });
  expect(await readFile(`${path}.~1~`, 'utf8')).toBe('one');
  expect(await readFile(`${path}.~2~`, 'utf8')).toBe('two');
  expect(await readFile(path, 'utf8')).toBe('three');
  expect(await readdir(dir.path)).toEqual(['out', 'out.~1~', 'out.~2~']);
});

test('restores that run at once keep what was there before', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  await writeFile(path, 'former');
  const done = await Promise.all(
    Array.from(
      { length: 8 },
      async (_, index) => await put(path, `new ${String(index)}`, 'keep-numbered'),
    ),
  );
  expect(new Set(done.map(({ kept }) => kept)).size).toBe(8);
  const kept = await Promise.all(done.map(async ({ kept }) => await readFile(kept ?? '', 'utf8')));
  expect(kept).toContain('former');
});

test('without a former file there is nothing to keep', async () => {
  await using dir = await folder();
  expect(await put(join(dir.path, 'out'), 'new', 'keep-numbered')).toEqual({ kept: null });
});

test('a link is written through and stays a link', async () => {
  await using dir = await folder();
  const [path, real] = [join(dir.path, 'link'), join(dir.path, 'real')];
  await writeFile(real, 'former');
  await symlink('real', path);
  expect(await put(path, 'new', 'keep-numbered')).toEqual({ kept: `${real}.~1~` });
  expect(await readlink(path)).toBe('real');
  expect(await readFile(real, 'utf8')).toBe('new');
});

test('a link that leads nowhere is refused, or filled when replacing is meant', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'link');
  await symlink('real', path);
  await expect(put(path, 'new')).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  await put(path, 'new', 'overwrite');
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
  expect(await readFile(join(dir.path, 'real'), 'utf8')).toBe('new');
});

test('a hard link elsewhere keeps what it had', async () => {
  await using dir = await folder();
  const [path, other] = [join(dir.path, 'out'), join(dir.path, 'other')];
  await writeFile(path, 'former');
  await link(path, other);
  await put(path, 'new', 'overwrite');
  expect(await readFile(other, 'utf8')).toBe('former');
});

test('what cannot be a file is refused', async () => {
  await using dir = await folder();
  await mkdir(join(dir.path, 'sub'));
  await symlink('circle', join(dir.path, 'circle'));
  await writeFile(join(dir.path, 'plain'), '');
  const invalid = [
    dir.path,
    `${dir.path}/`,
    `${dir.path}/new/`,
    join(dir.path, 'sub'),
    `${dir.path}/..`,
    '',
    '/dev/null',
    join(dir.path, 'circle'),
    join(dir.path, 'no', 'such'),
    join(dir.path, 'plain', 'below'),
    join(dir.path, 'x'.repeat(300)),
    `${dir.path}/nul\0`,
  ];
  for (const path of invalid) {
    await expect(openStagedFile(path, { replace: 'overwrite' }), path).rejects.toMatchObject({
      code: 'DESTINATION_INVALID',
    });
  }
  expect((await readdir(dir.path)).sort()).toEqual(['circle', 'plain', 'sub']);
});

test('a name of the greatest length still fits', async () => {
  await using dir = await folder();
  const path = join(dir.path, '🔑'.repeat(63));
  await put(path, 'whole');
  expect(await readFile(path, 'utf8')).toBe('whole');
});

test('more than the free space is refused before anything is made', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  await expect(
    openStagedFile(path, { replace: 'refuse', expectedSize: 2 ** 50 }),
  ).rejects.toMatchObject({ code: 'NO_SPACE' });
  expect(await readdir(dir.path)).toEqual([]);
});

test('nothing is named after it was cancelled', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  const abort = new AbortController();
  {
    await using file = await openStagedFile(path, { replace: 'refuse', signal: abort.signal });
    abort.abort();
    await expect(file.commit()).rejects.toMatchObject({ code: 'CANCELLED' });
  }
  expect(await readdir(dir.path)).toEqual([]);
  await expect(
    openStagedFile(path, { replace: 'refuse', signal: abort.signal }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a file whose folder goes away is lost, and that is said', async () => {
  await using dir = await folder();
  const sub = join(dir.path, 'sub');
  await mkdir(sub);
  await using file = await openStagedFile(join(sub, 'out'), { replace: 'refuse' });
  const { rm } = await import('node:fs/promises');
  await rm(sub, { recursive: true });
  await expect(file.commit()).rejects.toMatchObject({ code: 'DESTINATION_LOST' });
});

test('what is written durably is there, whole and with the mode asked for', async () => {
  await using dir = await folder();
  const path = join(dir.path, 'out');
  const bytes = Buffer.alloc(100_000, 7);
  await writeFileDurably(path, bytes, { replace: 'refuse', mode: 0o644 });
  expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  await expect(writeFileDurably(path, bytes, { replace: 'refuse' })).rejects.toMatchObject({
    code: 'DESTINATION_EXISTS',
  });
});
