import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeHeader } from './header.ts';
import { readHeader } from './read.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-age-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stanzas = [
  { args: ['x', 'y'.repeat(300)], body: new Uint8Array(48) },
  { args: ['--x', '-'], body: new Uint8Array(1000) },
];
const header = encodeHeader({ stanzas, mac: new Uint8Array(32) });
const payload = Buffer.from('the payload');

test('a file is read from its offset, without moving its position', async () => {
  const path = join(folder, 'at-offset');
  writeFileSync(path, Buffer.concat([Buffer.from('before'), header, payload]));
  const fd = openSync(path, 'r');
  try {
    const read = await readHeader({ fd, offset: 6 });
    expect(read.bytes).toEqual(header);
    const first = Buffer.alloc(6);
    readSync(fd, first, 0, 6, null);
    expect(first.toString()).toBe('before');
  } finally {
    closeSync(fd);
  }
});

test('of a file in a file, nothing beyond its size is read', async () => {
  const path = join(folder, 'bounded');
  writeFileSync(path, header);
  const fd = openSync(path, 'r');
  try {
    const cut = readHeader({ fd, offset: 0, size: header.length - 1 });
    await expect(cut).rejects.toMatchObject({ code: 'AGE_HEADER_INVALID' });
    await expect(readHeader({ fd, offset: 0, size: 0 })).rejects.toMatchObject({ code: 'NOT_AGE' });
  } finally {
    closeSync(fd);
  }
});

test('a pipe is left exactly at the payload', async () => {
  const fifo = join(folder, 'pipe');
  execFileSync('mkfifo', [fifo]);
  const fd = openSync(fifo, 'r+');
  try {
    writeFileSync(fifo, Buffer.concat([header, payload]));
    expect((await readHeader({ fd })).bytes).toEqual(header);
    const rest = Buffer.alloc(100);
    expect(rest.subarray(0, readSync(fd, rest)).toString()).toBe('the payload');
  } finally {
    closeSync(fd);
  }
});

test('waiting for a pipe can be cancelled', async () => {
  const fifo = join(folder, 'silent');
  execFileSync('mkfifo', [fifo]);
  const fd = openSync(fifo, 'r+');
  try {
    const abort = new AbortController();
    const reading = readHeader({ fd }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  } finally {
    closeSync(fd);
  }
});

test('a stream is closed once the header is known', async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield header;
      yield payload;
    } finally {
      closed = true;
    }
  }
  expect((await readHeader(source())).size).toBe(header.length);
  expect(closed).toBe(true);
});
