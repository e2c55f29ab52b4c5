import {
  chmod,
  chown,
  mkdir,
  mkdtempDisposable,
  readdir,
  readFile,
  stat,
  writeFile,
} from 'node:fs/promises';
import { write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { sourceFromFiles } from '../sources/files.ts';
import { sourceFromFile } from '../sources/file.ts';
import { readSource } from '../sources/read-source.fixture.ts';
import { toFolder } from '../targets/folder.ts';
import { destinationError } from './destination-error.ts';
import {
  asNobody,
  mountImage,
  mountTmpfs,
  needRoot,
  pull,
  remountReadOnly,
  runInjected,
} from './faults.fixture.ts';
import { openStagedFile } from './staged-file.ts';
import { writeFileDurably } from './write-file.ts';

const writeAt = promisify(write);
const WRITE_ONCE = new URL('write-once.fixture.ts', import.meta.url);
const big = Buffer.alloc(3 * 1024 * 1024, 7);

test('what does not fit is refused before it is written, and the former file stays', async () => {
  await using disk = await mountTmpfs('size=1m');
  await writeFile(disk.at('out'), 'former');
  await expect(
    writeFileDurably(disk.at('out'), big, { replace: 'overwrite' }),
  ).rejects.toMatchObject({ code: 'NO_SPACE' });
  expect(await readdir(disk.path)).toEqual(['out']);
  expect(await readFile(disk.at('out'), 'utf8')).toBe('former');
});

test('a disk that fills up on the way is full, not lost, and keeps no part', async () => {
  await using disk = await mountTmpfs('size=1m');
  {
    await using file = await openStagedFile(disk.at('out'), { replace: 'refuse' });
    const cause = await writeWhole(file.fd).then(
      () => null,
      (error: unknown) => error,
    );
    expect(await destinationError(cause, file.path, { witness: file.temporaryPath })).toMatchObject(
      { code: 'NO_SPACE' },
    );
  }
  expect(await readdir(disk.path)).toEqual([]);
});

async function writeWhole(fd: number): Promise<void> {
  for (let done = 0; done < big.length;) {
    done += (await writeAt(fd, big, done, big.length - done, done)).bytesWritten;
  }
}

test('a read-only file system is named so', async () => {
  await using disk = await mountTmpfs('size=1m');
  await writeFile(disk.at('out'), 'former');
  await remountReadOnly(disk);
  await expect(
    writeFileDurably(disk.at('out'), Buffer.from('new'), { replace: 'overwrite' }),
  ).rejects.toMatchObject({ code: 'READ_ONLY' });
  expect(await readFile(disk.at('out'), 'utf8')).toBe('former');
});

test.each(['ext4', 'xfs'] as const)(
  'a pulled %s is lost, before and while it is written to',
  async (type) => {
    await using disk = await mountImage(type);
    await mkdir(disk.at('sub'));
    {
      await using file = await openStagedFile(disk.at('sub/out'), { replace: 'refuse' });
      await writeAt(file.fd, Buffer.from('half'));
      await pull(disk);
      await expect(file.commit()).rejects.toMatchObject({ code: 'DESTINATION_LOST' });
    }
    await expect(
      writeFileDurably(disk.at('other'), Buffer.from('new'), { replace: 'refuse' }),
    ).rejects.toMatchObject({ code: 'DESTINATION_LOST' });
  },
);

test('a folder that may not be written to is named so', async () => {
  needRoot();
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-denied-'));
  await chmod(dir.path, 0o755);
  const path = join(dir.path, 'out');
  const denied = { code: 'DESTINATION_UNWRITABLE' };
  await expect(
    asNobody(async () => await openStagedFile(path, { replace: 'refuse' })),
  ).rejects.toMatchObject(denied);
  const preparing = asNobody(async () => await toFolder(path).prepare?.());
  await expect(preparing).rejects.toMatchObject(denied);
});

test('a source that may not be read is named so', async () => {
  needRoot();
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-denied-'));
  await chmod(dir.path, 0o755);
  const path = join(dir.path, 'secret');
  await writeFile(path, 'secret', { mode: 0o600 });
  await mkdir(join(dir.path, 'closed'), { mode: 0o700 });
  for (const source of [
    sourceFromFile(path),
    sourceFromFiles([dir.path]),
    sourceFromFiles([join(dir.path, 'closed')]),
  ]) {
    await expect(asNobody(async () => await readSource(source))).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
    });
  }
});

test('a replaced file keeps its owner, group and mode', async () => {
  needRoot();
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-owner-'));
  const path = join(dir.path, 'out');
  await writeFile(path, 'former');
  await chown(path, 1234, 2345);
  await chmod(path, 0o660);
  await writeFileDurably(path, Buffer.from('new'), { replace: 'keep-numbered' });
  for (const name of [path, `${path}.~1~`]) {
    const found = await stat(name);
    expect(found).toMatchObject({ uid: 1234, gid: 2345 });
    expect(found.mode & 0o777).toBe(0o660);
  }
});

test('who cannot give a file its former group opens it to no other group', async () => {
  needRoot();
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-owner-'));
  await chmod(dir.path, 0o777);
  const path = join(dir.path, 'out');
  await writeFile(path, 'former');
  await chmod(path, 0o660);
  await asNobody(
    async () => await writeFileDurably(path, Buffer.from('new'), { replace: 'overwrite' }),
  );
  const found = await stat(path);
  expect(found).toMatchObject({ uid: 65534, gid: 65534 });
  expect(found.mode & 0o777).toBe(0o600);
});

const FAULTS: readonly (readonly [inject: string, replace: string, code: string])[] = [
  ['fsync,fdatasync:error=EIO:when=1', 'refuse', 'DESTINATION_LOST'],
  ['fsync,fdatasync:error=EIO:when=2', 'overwrite', 'DESTINATION_LOST'],
  ['fsync,fdatasync:error=ENOSPC:when=1', 'overwrite', 'NO_SPACE'],
  ['?link,linkat:error=EIO', 'refuse', 'DESTINATION_LOST'],
  ['?link,linkat:error=ENOSPC', 'keep-numbered', 'NO_SPACE'],
  ['?rename,renameat,renameat2:error=EIO', 'overwrite', 'DESTINATION_LOST'],
  ['?rename,renameat,renameat2:error=EROFS', 'keep-numbered', 'DESTINATION_LOST'],
  ['?rename,renameat,renameat2:error=EACCES', 'keep-numbered', 'DESTINATION_UNWRITABLE'],
];

test.each(FAULTS)(
  'with %s the former file stays and nothing else does (%s)',
  async (inject, replace, code) => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-inject-'));
    const path = join(dir.path, 'out');
    if (replace !== 'refuse') await writeFile(path, 'former');
    const { stdout } = await runInjected(inject, WRITE_ONCE, [path, replace]);
    expect(stdout.trim()).toBe(code);
    expect(await readdir(dir.path)).toEqual(replace === 'refuse' ? [] : ['out']);
    if (replace !== 'refuse') expect(await readFile(path, 'utf8')).toBe('former');
  },
);

test.each(['refuse', 'keep-numbered'])(
  'a file system without hard links will do (%s)',
  async (replace) => {
    await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-inject-'));
    const path = join(dir.path, 'out');
    if (replace !== 'refuse') await writeFile(path, 'former');
    const { stdout } = await runInjected('?link,linkat:error=EPERM', WRITE_ONCE, [path, replace]);
    expect(stdout.trim()).toBe(replace === 'refuse' ? 'kept null' : `kept ${path}.~1~`);
    expect(await readFile(path, 'utf8')).toBe('new');
    if (replace !== 'refuse') expect(await readFile(`${path}.~1~`, 'utf8')).toBe('former');
  },
);

test('a folder that does not fit or cannot be written leaves the former one', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-conf-'));
  await writeFile(join(dir.path, 'big'), big);
  await using small = await mountTmpfs('size=1m');
  await using pulled = await mountImage('xfs');
  for (const [disk, code] of [
    [small, 'NO_SPACE'],
    [pulled, 'DESTINATION_LOST'],
  ] as const) {
    await mkdir(disk.at('out'));
    await writeFile(disk.at('out/former'), 'former');
    await using opened = await sourceFromFiles([dir.path]).open({});
    const { content } = opened;
    if ('fd' in content) throw new Error('a tar is no file');
    async function* pulling(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      let count = 0;
      for await (const piece of pieces) {
        if (disk === pulled && ++count === 3) await pull(pulled);
        yield piece;
      }
    }
    const consuming = toFolder(disk.at('out'), { replace: true }).consume(pulling(content), {});
    await expect(consuming).rejects.toMatchObject({ code });
  }
  expect(await readdir(small.path)).toEqual(['out']);
  expect(await readFile(small.at('out/former'), 'utf8')).toBe('former');
});
