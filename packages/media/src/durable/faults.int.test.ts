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

import { destinationError } from './destination-error.ts';
import {
  asNobody,
  mountImage,
  mountTmpfs,
  needRoot,
  pull,
  remountReadOnly,
  runInjected,
} from '../testing/faults.ts';
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
