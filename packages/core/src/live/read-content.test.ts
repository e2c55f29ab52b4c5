import { execFile } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openScene } from '../testing/scene.ts';
import { readContent } from './read-content.ts';

const run = promisify(execFile);

async function drain(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const bytes of content) pieces.push(Uint8Array.from(bytes));
  return Buffer.concat(pieces);
}

test('a part of a file is read, and no more', async () => {
  await using scene = await openScene();
  const content = Buffer.alloc(3 << 20, 'a secret of several blocks ');
  await using file = await open(await scene.file('s', content), 'r');
  const part = { fd: file.fd, offset: 7, size: (2 << 20) + 1 };
  expect(
    (await drain(readContent(part, undefined))).equals(content.subarray(7, 8 + (2 << 20))),
  ).toBe(true);
  expect((await drain(readContent({ fd: file.fd, offset: 0 }, undefined))).equals(content)).toBe(
    true,
  );
});

test('a pipe is read to its end, also one that does not block', async () => {
  await using scene = await openScene();
  const pipe = scene.path('pipe');
  await run('mkfifo', [pipe]);
  const { O_RDONLY, O_NONBLOCK } = (await import('node:fs')).constants;
  await using reader = await open(pipe, O_RDONLY | O_NONBLOCK);
  // From here on it has a writer, and does not look as if it had ended.
  await using writer = await open(pipe, 'w');
  const writing = (async () => {
    await writer.write('first, ');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await writer.write('then');
    await writer.close();
  })();
  expect((await drain(readContent({ fd: reader.fd }, undefined))).toString()).toBe('first, then');
  await writing;
});

test('every piece is wiped when the next one is asked for, and the last at the end', async () => {
  await using scene = await openScene();
  const mine = ['one', 'two'].map((text) => Uint8Array.from(Buffer.from(text)));
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* mine;
  }
  for await (const bytes of readContent(source(), undefined))
    expect(bytes.some(Boolean)).toBe(true);
  expect(mine.flatMap((bytes) => [...bytes]).some(Boolean)).toBe(false);

  const path = await scene.file('s', 'the secret');
  await using file = await open(path, 'r');
  const seen: Uint8Array[] = [];
  for await (const bytes of readContent({ fd: file.fd, offset: 0 }, undefined)) seen.push(bytes);
  expect(seen.flatMap((bytes) => [...bytes])).toEqual(new Array(10).fill(0));
});

test('whoever stops early has the rest wiped as well, and cancelling stops it', async () => {
  const mine = Uint8Array.from(Buffer.from('one'));
  async function* source(): AsyncGenerator<Uint8Array> {
    yield mine;
    yield mine;
  }
  for await (const bytes of readContent(source(), undefined)) {
    expect(bytes.some(Boolean)).toBe(true);
    break;
  }
  expect(mine.some(Boolean)).toBe(false);
  const stop = new AbortController();
  stop.abort();
  const reading = drain(readContent(source(), stop.signal));
  await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  await using scene = await openScene();
  await writeFile(scene.path('s'), 's');
  await using file = await open(scene.path('s'), 'r');
  const second = drain(readContent({ fd: file.fd, offset: 0 }, stop.signal));
  await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
});
