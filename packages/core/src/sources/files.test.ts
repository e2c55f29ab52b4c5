import { execFile } from 'node:child_process';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtempDisposable,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { sourceFromFiles } from './files.ts';
import { readSource } from './read-source.fixture.ts';

const run = promisify(execFile);

/** A folder `conf` with app.key, sub/inner and sub/link, and other.key beside it. */
async function scene() {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-files-'));
  const at = (name: string) => join(dir.path, name);
  await mkdir(at('conf/sub'), { recursive: true });
  await writeFile(at('conf/app.key'), 'k'.repeat(700));
  await writeFile(at('conf/sub/inner'), 'inner');
  await writeFile(at('other.key'), 'other');
  await symlink('../app.key', at('conf/sub/link'));
  await chmod(at('conf/app.key'), 0o640);
  await chmod(at('conf/sub'), 0o750);
  await utimes(at('conf/app.key'), 1_600_000_000, 1_600_000_000);
  return Object.assign(dir, { at });
}

async function extract(bytes: Buffer, into: string): Promise<string[]> {
  await mkdir(into);
  await writeFile(`${into}.tar`, bytes);
  await run('tar', ['-xpf', `${into}.tar`, '-C', into]);
  const { stdout } = await run('tar', ['-tf', `${into}.tar`]);
  return stdout.trim().split('\n');
}

test('a folder becomes a tar that any tar extracts, with modes, times and links', async () => {
  await using dir = await scene();
  const source = sourceFromFiles([dir.at('conf')]);
  expect(source).toMatchObject({ name: 'conf', kind: 'tar' });
  const { bytes, size } = await readSource(source);
  expect(bytes.length).toBe(size);
  const out = dir.at('out');
  expect(await extract(bytes, out)).toEqual(['./', 'app.key', 'sub/', 'sub/inner', 'sub/link']);
  expect(await readFile(join(out, 'app.key'), 'utf8')).toBe('k'.repeat(700));
  expect(await readlink(join(out, 'sub/link'))).toBe('../app.key');
  const found = await stat(join(out, 'app.key'));
  expect(found.mode & 0o777).toBe(0o640);
  expect(found.mtimeMs).toBe(1_600_000_000_000);
  expect((await stat(join(out, 'sub'))).mode & 0o777).toBe(0o750);
  await run('diff', ['-r', dir.at('conf'), out]);
});

test('several files and folders lie below the folder above them all', async () => {
  await using dir = await scene();
  const paths = [dir.at('other.key'), dir.at('conf/sub/inner'), dir.at('conf/sub')];
  const { bytes } = await readSource(sourceFromFiles([...paths, dir.at('conf/app.key')]));
  expect(await extract(bytes, dir.at('out'))).toEqual([
    'conf/',
    'conf/app.key',
    'conf/sub/',
    'conf/sub/inner',
    'conf/sub/link',
    'other.key',
  ]);
});

test('the same files make the same tar, in whatever order they are named', async () => {
  await using dir = await scene();
  const [one, other] = [
    [dir.at('conf'), dir.at('other.key')],
    [dir.at('other.key'), dir.at('conf')],
  ];
  const first = await readSource(sourceFromFiles(one));
  await readFile(dir.at('conf/app.key'));
  const second = await readSource(sourceFromFiles(other));
  expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
});

test('a link that was named itself is followed', async () => {
  await using dir = await scene();
  await symlink('conf/app.key', dir.at('named'));
  const { bytes } = await readSource(sourceFromFiles([dir.at('named'), dir.at('other.key')]));
  await extract(bytes, dir.at('out'));
  expect(await readFile(dir.at('out/named'), 'utf8')).toBe('k'.repeat(700));
});

test('names and targets of any length and script are kept', async () => {
  await using dir = await scene();
  const long = `${'ü'.repeat(100)}/${'🔑'.repeat(60)}`;
  await mkdir(dir.at(`conf/${'ü'.repeat(100)}`));
  await writeFile(dir.at(`conf/${long}`), 'deep');
  await symlink(long, dir.at('conf/to-long'));
  const { bytes, size } = await readSource(sourceFromFiles([dir.at('conf')]));
  expect(bytes.length).toBe(size);
  await extract(bytes, dir.at('out'));
  expect(await readFile(dir.at('out/to-long'), 'utf8')).toBe('deep');
});

test('what cannot be backed up whole is refused', async () => {
  await using dir = await scene();
  await mkdir(dir.at('empty'));
  await writeFile(dir.at('empty/nothing'), '');
  await mkdir(dir.at('odd'));
  await run('mkfifo', [dir.at('odd/fifo')]);
  await mkdir(dir.at('outside'));
  await symlink('../other.key', dir.at('outside/link'));
  await mkdir(dir.at('absolute'));
  await symlink(dir.at('absolute'), dir.at('absolute/self'));
  for (const [names, code] of [
    [['conf', 'missing'], 'SOURCE_NOT_FOUND'],
    [['empty'], 'SOURCE_EMPTY'],
    [['odd'], 'SOURCE_UNREADABLE'],
    [['outside'], 'SOURCE_LINK_OUTSIDE'],
    [['outside', 'conf'], 'SOURCE_LINK_OUTSIDE'],
    [['absolute'], 'SOURCE_LINK_OUTSIDE'],
  ] as const) {
    const source = sourceFromFiles(names.map((name) => dir.at(name)));
    await expect(source.open({}), names.join()).rejects.toMatchObject({ code });
  }
  const whole = sourceFromFiles(['outside', 'other.key'].map((name) => dir.at(name)));
  expect((await readSource(whole)).bytes.length).toBeGreaterThan(0);
});

test.each([
  ['written to', 'conf/sub/inner', async (path: string) => await appendFile(path, 'more')],
  ['removed', 'conf/sub/inner', async (path: string) => await rm(path)],
  ['added', 'conf/sub/new', async (path: string) => await writeFile(path, 'new')],
  [
    'replaced by a link',
    'conf/sub/inner',
    async (path: string) => {
      await rm(path);
      await symlink('link', path);
    },
  ],
  ['touched after it was read', 'conf/app.key', async (path: string) => await utimes(path, 1, 1)],
])('files of which one is %s meanwhile are not trusted', async (_, name, change) => {
  await using dir = await scene();
  const reading = readSource(sourceFromFiles([dir.at('conf')]), {
    during: async () => await change(dir.at(name)),
  });
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
});

test('reading stops when it is cancelled', async () => {
  await using dir = await scene();
  const abort = new AbortController();
  const reading = readSource(sourceFromFiles([dir.at('conf')]), {
    signal: abort.signal,
    during: async () => abort.abort(),
  });
  await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
});
