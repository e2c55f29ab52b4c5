import { spawn } from 'node:child_process';
import { open, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { expect, test } from 'vitest';

import { readSource } from './read-source.fixture.ts';
import { sourceFromStdin } from './stdin.ts';

test('a descriptor is read to its end', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-stdin-'));
  await writeFile(join(dir.path, 'in'), 'x'.repeat(5000));
  await using file = await open(join(dir.path, 'in'));
  const { bytes, size } = await readSource(sourceFromStdin(file.fd));
  expect(bytes.length).toBe(5000);
  expect(size).toBeNull();
});

test('a stream is read to its end', async () => {
  const child = spawn('printf', ['secret']);
  expect((await readSource(sourceFromStdin(child.stdout))).bytes.toString()).toBe('secret');
});

test('nothing on standard input is an empty source', async () => {
  await expect(readSource(sourceFromStdin(Readable.from([])))).rejects.toMatchObject({
    code: 'SOURCE_EMPTY',
  });
});
