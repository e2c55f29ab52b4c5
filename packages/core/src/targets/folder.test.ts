import { execFile } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtempDisposable,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { sourceFromFiles } from '../sources/files.ts';
import { readSource } from '../sources/read-source.fixture.ts';
import { toFolder } from './folder.ts';
import { forgeTar, type Forged } from './forge-tar.fixture.ts';

const run = promisify(execFile);

async function folder() {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-folder-'));
  return Object.assign(dir, { at: (name: string) => join(dir.path, name) });
}

/** In pieces of every awkward size. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 1009 || 1) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

async function makeConf(path: string): Promise<Buffer> {
  await mkdir(join(path, 'sub/deep'), { recursive: true });
  await writeFile(join(path, 'app.key'), 'k'.repeat(70_000));
  await writeFile(join(path, 'empty'), '');
  await writeFile(join(path, 'sub/deep/x'.padEnd(120, 'x')), 'deep');
  await symlink('../app.key', join(path, 'sub/link'));
  await chmod(join(path, 'app.key'), 0o440);
  await utimes(join(path, 'app.key'), 1_600_000_000, 1_600_000_000);
  await chmod(join(path, 'sub'), 0o550);
  await utimes(join(path, 'sub'), 1_500_000_000, 1_500_000_000);
  await chmod(path, 0o750);
  await utimes(path, 1_400_000_000, 1_400_000_000);
  return (await readSource(sourceFromFiles([path]))).bytes;
}

test('a folder comes back as it was, with modes, times and links', async () => {
  await using dir = await folder();
  const tar = await makeConf(dir.at('conf'));
  const target = toFolder(dir.at('out'));
  expect(target).toMatchObject({ kind: 'stream', accepts: ['tar'] });
  await target.prepare?.();
  expect(await target.consume(pieces(tar), {})).toBeNull();
  await run('diff', ['-r', dir.at('conf'), dir.at('out')]);
  expect(await readlink(dir.at('out/sub/link'))).toBe('../app.key');
  for (const name of ['', '/app.key', '/sub', '/empty']) {
    const [was, is] = [await stat(dir.at(`conf${name}`)), await stat(dir.at(`out${name}`))];
    expect(is.mode, name).toBe(was.mode);
    expect(Math.floor(is.mtimeMs / 1000), name).toBe(Math.floor(was.mtimeMs / 1000));
  }
  expect((await readdir(dir.path)).sort()).toEqual(['conf', 'out']);
});

test('a folder with anything in it is replaced only when asked', async () => {
  await using dir = await folder();
  const tar = await makeConf(dir.at('conf'));
  await mkdir(dir.at('out'));
  await writeFile(dir.at('out/former'), 'former');
  const target = toFolder(dir.at('out'));
  await expect(target.prepare?.()).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  const consuming = target.consume(pieces(tar), {});
  await expect(consuming).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  expect(await readdir(dir.at('out'))).toEqual(['former']);
});

test('a former folder is kept under the next free number', async () => {
  await using dir = await folder();
  const tar = await makeConf(dir.at('conf'));
  await mkdir(dir.at('out.~1~'));
  await mkdir(dir.at('out'));
  await writeFile(dir.at('out/former'), 'former');
  const target = toFolder(dir.at('out'), { replace: true });
  expect(await target.consume(pieces(tar), {})).toBe(dir.at('out.~2~'));
  expect(await readFile(dir.at('out.~2~/former'), 'utf8')).toBe('former');
  await run('diff', ['-r', dir.at('conf'), dir.at('out')]);
  expect(await readdir(dir.at('out.~1~'))).toEqual([]);
});

test('an empty folder is filled', async () => {
  await using dir = await folder();
  const tar = await makeConf(dir.at('conf'));
  await mkdir(dir.at('out'));
  expect(await toFolder(`${dir.at('out')}/`).consume(pieces(tar), {})).toBeNull();
  await run('diff', ['-r', dir.at('conf'), dir.at('out')]);
});

test('a link to a folder is restored through', async () => {
  await using dir = await folder();
  const tar = await makeConf(dir.at('conf'));
  await mkdir(dir.at('real'));
  await symlink('real', dir.at('link'));
  await toFolder(dir.at('link')).consume(pieces(tar), {});
  expect(await readlink(dir.at('link'))).toBe('real');
  await run('diff', ['-r', dir.at('conf'), dir.at('real')]);
});

test('several files come into a folder that keeps its own mode', async () => {
  await using dir = await folder();
  await writeFile(dir.at('a'), 'a');
  await writeFile(dir.at('b'), 'b');
  const { bytes } = await readSource(sourceFromFiles([dir.at('a'), dir.at('b')]));
  await toFolder(dir.at('new')).consume(pieces(bytes), {});
  expect((await stat(dir.at('new'))).mode & 0o777).toBe(0o700);
  await mkdir(dir.at('old'));
  await chmod(dir.at('old'), 0o755);
  await toFolder(dir.at('old')).consume(pieces(bytes), {});
  expect((await stat(dir.at('old'))).mode & 0o777).toBe(0o755);
  expect(await readdir(dir.at('old'))).toEqual(['a', 'b']);
});

test('what cannot be replaced by a folder is refused before anything is opened', async () => {
  await using dir = await folder();
  await writeFile(dir.at('file'), '');
  for (const [path, code] of [
    [dir.at('file'), 'DESTINATION_INVALID'],
    [dir.at('no/such'), 'DESTINATION_INVALID'],
    ['/', 'DESTINATION_INVALID'],
  ] as const) {
    await expect(toFolder(path).prepare?.(), path).rejects.toMatchObject({ code });
  }
});

const root: Forged = { name: './', type: 'Directory' };
const TRICKS: readonly (readonly [what: string, entries: readonly Forged[]])[] = [
  ['an absolute path', [{ name: '/tmp/holdfast-evil', type: 'File' }]],
  ['a parent path', [{ name: '../evil', type: 'File' }]],
  [
    'a parent path further down',
    [
      { name: 'a/', type: 'Directory' },
      { name: 'a/../../evil', type: 'File' },
    ],
  ],
  ['a path with an empty name', [{ name: 'a//b', type: 'File' }]],
  ['an absolute link', [root, { name: 'a', type: 'SymbolicLink', linkpath: '/etc' }]],
  ['a link that leaves', [root, { name: 'a', type: 'SymbolicLink', linkpath: '../..' }]],
  [
    'a file behind a link',
    [root, { name: 'a', type: 'SymbolicLink', linkpath: '.' }, { name: 'a/evil', type: 'File' }],
  ],
  [
    'a link that another replaces',
    [root, { name: 'a', type: 'SymbolicLink', linkpath: 'b' }, { name: 'a', type: 'File' }],
  ],
  [
    'a link that climbs behind another link',
    [
      root,
      { name: 's/', type: 'Directory' },
      { name: 's/up', type: 'SymbolicLink', linkpath: '..' },
      { name: 'out', type: 'SymbolicLink', linkpath: 's/up/../evil' },
    ],
  ],
  ['a hard link', [root, { name: 'a', type: 'Link', linkpath: '/etc/passwd' }]],
  ['a device', [root, { name: 'a', type: 'CharacterDevice' }]],
  ['a FIFO', [root, { name: 'a', type: 'FIFO' }]],
  ['a name twice', [root, { name: 'a', type: 'File' }, { name: 'a', type: 'File' }]],
  ['the root twice', [root, root]],
  ['a file without its folder', [root, { name: 'a/b', type: 'File' }]],
];

test.each(TRICKS)('a tar with %s is not extracted', async (_, entries) => {
  await using dir = await folder();
  const sub = dir.at('sub');
  await mkdir(sub);
  const consuming = toFolder(join(sub, 'out')).consume(pieces(await forgeTar(entries)), {});
  await expect(consuming).rejects.toMatchObject({ code: 'PAYLOAD_UNSAFE' });
  expect(await readdir(sub)).toEqual([]);
  expect(await readdir(dir.path)).toEqual(['sub']);
});

test('a tar that is cut short, damaged or followed by more is not extracted', async () => {
  await using dir = await folder();
  const tar = await makeConf(dir.at('conf'));
  const damaged = Buffer.from(tar);
  damaged[200] = (damaged[200] ?? 0) ^ 1;
  const more = Buffer.concat([tar, Buffer.from('more')]);
  for (const bytes of [
    tar.subarray(0, 1000),
    tar.subarray(0, -1500),
    damaged,
    more,
    Buffer.alloc(0),
  ]) {
    const consuming = toFolder(dir.at('out')).consume(pieces(bytes), {});
    await expect(consuming).rejects.toMatchObject({ code: 'PAYLOAD_UNSAFE' });
  }
  expect(await readdir(dir.path)).toEqual(['conf']);
});

test('a failure on the way leaves the former folder and nothing else', async () => {
  await using dir = await folder();
  const tar = await makeConf(dir.at('conf'));
  await mkdir(dir.at('out'));
  await writeFile(dir.at('out/former'), 'former');
  const abort = new AbortController();
  async function* cancelled(): AsyncGenerator<Uint8Array> {
    yield tar.subarray(0, 40_000);
    abort.abort();
    yield await Promise.resolve(tar.subarray(40_000));
  }
  const consuming = toFolder(dir.at('out'), { replace: true }).consume(cancelled(), {
    signal: abort.signal,
  });
  await expect(consuming).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await readdir(dir.path)).sort()).toEqual(['conf', 'out']);
  expect(await readdir(dir.at('out'))).toEqual(['former']);
});
