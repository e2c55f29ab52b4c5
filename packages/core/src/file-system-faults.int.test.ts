import { chmod, mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { asNobody, mountImage, mountTmpfs, needRoot, pull } from '@holdfast/media/testing';
import { expect, test } from 'vitest';

import { sourceFromFile } from './sources/file.ts';
import { sourceFromFiles } from './sources/files.ts';
import { readSource } from './sources/read-source.fixture.ts';
import { toFolder } from './targets/folder.ts';

const big = Buffer.alloc(3 * 1024 * 1024, 7);

test('a folder in one that may not be written to is refused before anything is opened', async () => {
  needRoot();
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-denied-'));
  await chmod(dir.path, 0o755);
  const preparing = asNobody(async () => await toFolder(join(dir.path, 'out')).prepare?.());
  await expect(preparing).rejects.toMatchObject({ code: 'DESTINATION_UNWRITABLE' });
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
