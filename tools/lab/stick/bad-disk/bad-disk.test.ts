import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { BadDisk, type BadDiskOptions } from './bad-disk.ts';
import type { FaultOptions } from './fault.ts';

const SECTOR = 512;
const SIZE = 8 * SECTOR;

/** An image of zeros. */
async function image(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'bad-disk-')), 'image');
  await writeFile(path, Buffer.alloc(SIZE));
  return path;
}

async function openDisk(options?: BadDiskOptions): Promise<BadDisk> {
  return await BadDisk.open(await image(), options);
}

/** A letter for each sector, `.` for one of zeros. */
function letters(bytes: Buffer): string {
  return Array.from({ length: bytes.length / SECTOR }, (_, at) =>
    bytes.toString('latin1', at * SECTOR, at * SECTOR + 1).replace('\0', '.'),
  ).join('');
}

function sectors(text: string): Buffer {
  return Buffer.concat(Array.from(text, (letter) => Buffer.alloc(SECTOR, letter)));
}

/** Writes one sector after the other. */
async function writeEach(disk: BadDisk, text: string): Promise<void> {
  for (const [at, letter] of Array.from(text).entries()) {
    await disk.write(at * SECTOR, sectors(letter));
  }
}

async function contents(disk: BadDisk): Promise<string> {
  return letters(await disk.read(0, SIZE));
}

describe('a stick that claims more than it has', () => {
  test.each([
    ['drop', 'ab......'],
    ['wrap', 'eb......'],
  ] as const)('%s', async (beyond, first) => {
    const path = await image();
    await using disk = await BadDisk.open(path, { real: 4 * SECTOR, beyond });
    await disk.write(0, sectors('ab'));
    await disk.write(4 * SECTOR, sectors('e'));
    expect(letters(await readFile(path))).toBe(first);
    expect((await contents(disk)).slice(4)).toBe(beyond === 'wrap' ? first.slice(0, 4) : '....');
  });

  test('fail', async () => {
    await using disk = await openDisk({ real: 4 * SECTOR, beyond: 'fail' });
    await disk.write(2 * SECTOR, sectors('cd'));
    await expect(disk.write(3 * SECTOR, sectors('xy'))).rejects.toThrow('EIO');
    await expect(disk.read(4 * SECTOR, SECTOR)).rejects.toThrow('EIO');
    expect(letters(await disk.read(0, 4 * SECTOR))).toBe('..cd');
  });

  test('one write that reaches over the end, and comes around', async () => {
    await using disk = await openDisk({ real: 3 * SECTOR, beyond: 'wrap' });
    await disk.write(SECTOR, sectors('bcde'));
    expect(await contents(disk)).toBe('decdecde');
  });
});

describe('a cache', () => {
  test('is read, is stored by a flush, and is lost with the power', async () => {
    const path = await image();
    await using disk = await BadDisk.open(path, { volatile: true });
    await disk.write(0, sectors('ab'));
    await disk.flush();
    await disk.write(SECTOR, sectors('xy'));
    expect(await contents(disk)).toBe('axy.....');
    await disk.losePower();
    expect(letters(await readFile(path))).toBe('ab......');
    expect(disk.lost).toBe(1);
    await expect(disk.read(0, SECTOR)).rejects.toThrow('EIO');
  });

  test('may be stored in part, in whatever order', async () => {
    const path = await image();
    await using disk = await BadDisk.open(path, { volatile: true });
    disk.survives = (_, index) => index === 1;
    await writeEach(disk, 'abc');
    await disk.losePower();
    expect(letters(await readFile(path))).toBe('.b......');
    expect(disk.lost).toBe(2);
  });

  test('is kept by a flush that lies', async () => {
    const path = await image();
    await using disk = await BadDisk.open(path, { volatile: true });
    disk.breaks({ on: 'flush', does: 'drop' });
    await disk.write(0, sectors('a'));
    await disk.flush();
    await disk.losePower();
    expect(letters(await readFile(path))).toBe('........');
  });
});

describe('a fault', () => {
  test.each<[FaultOptions, string]>([
    [{ on: 'write', does: 'drop' }, '........'],
    [{ on: 'write', does: 'drop', from: SECTOR, to: 3 * SECTOR }, 'a..defgh'],
    [{ on: 'write', does: 'drop', after: 6 }, 'abcdef..'],
    [{ on: 'write', does: 'drop', every: 3 }, '.bc.ef.h'],
    [{ on: 'write', does: 'drop', after: 1, every: 2, count: 2 }, 'a.c.efgh'],
    [{ on: 'write', does: 'tear', keeps: 0, from: 4 * SECTOR }, 'abcd....'],
  ])('%j', async (options, stored) => {
    await using disk = await openDisk();
    const fault = disk.breaks(options);
    await writeEach(disk, 'abcdefgh');
    expect(await contents(disk)).toBe(stored);
    expect(fault.hits).toBe(stored.split('.').length - 1);
  });

  test('drops what of one large write is in its range', async () => {
    await using disk = await openDisk();
    disk.breaks({ on: 'write', does: 'drop', from: SECTOR, to: 3 * SECTOR });
    await disk.write(0, sectors('abcdefgh'));
    expect(await contents(disk)).toBe('a..defgh');
  });

  test('tears a write', async () => {
    await using disk = await openDisk();
    disk.breaks({ on: 'write', does: 'tear', keeps: 2 * SECTOR });
    await disk.write(SECTOR, sectors('bcde'));
    expect(await contents(disk)).toBe('.bc.....');
  });

  test('flips bits of what is read, not of what is stored', async () => {
    await using disk = await openDisk();
    await disk.write(0, sectors('aaaa'));
    const fault = disk.breaks({ on: 'read', does: 'flip', from: SECTOR, to: SECTOR + 1 });
    expect(await contents(disk)).toBe('a`aa....');
    fault.mend();
    expect(await contents(disk)).toBe('aaaa....');
  });

  test.each(['read', 'write', 'flush'] as const)('fails a %s', async (on) => {
    await using disk = await openDisk();
    disk.breaks({ on, does: 'fail', code: 'ENOSPC' });
    const request = {
      read: async () => await disk.read(0, SECTOR),
      write: async () => await disk.write(0, sectors('a')),
      flush: async () => await disk.flush(),
    };
    await expect(request[on]()).rejects.toThrow('ENOSPC');
    expect(disk.requests[on]).toBe(1);
  });

  test('hangs until it is mended', async () => {
    await using disk = await openDisk();
    const fault = disk.breaks({ on: 'write', does: 'hang' });
    let done = false;
    const written = disk.write(0, sectors('a')).then(() => (done = true));
    await fault.met;
    await sleep(20);
    expect(done).toBe(false);
    fault.mend();
    await written;
    expect(await contents(disk)).toBe('a.......');
  });

  test('hangs no longer than there is power', async () => {
    await using disk = await openDisk();
    const fault = disk.breaks({ on: 'write', does: 'hang' });
    const written = disk.write(0, sectors('a'));
    await fault.met;
    await Promise.all([expect(written).rejects.toThrow('EIO'), disk.losePower()]);
  });

  test('delays', async () => {
    await using disk = await openDisk();
    disk.breaks({ on: 'read', does: 'delay', milliseconds: 50 });
    const start = performance.now();
    await disk.read(0, SECTOR);
    expect(performance.now() - start).toBeGreaterThan(45);
  });
});

test('a slow stick takes its time', async () => {
  await using disk = await openDisk();
  disk.speed = { write: 20 * SIZE };
  const start = performance.now();
  await disk.write(0, Buffer.alloc(SIZE));
  const written = performance.now() - start;
  expect(written).toBeGreaterThan(45);
});

test('a worn out stick takes no more writes', async () => {
  await using disk = await openDisk();
  disk.wornOut = true;
  expect(disk.readOnly).toBe(true);
  await expect(disk.write(0, sectors('a'))).rejects.toThrow('EPERM');
  expect(await contents(disk)).toBe('........');
});

test('a recording has what was acknowledged, and nothing else', async () => {
  await using disk = await openDisk();
  await disk.write(0, sectors('a'));
  const events = disk.record();
  await disk.write(SECTOR, sectors('b'));
  await disk.flush();
  const fault = disk.breaks({ on: 'write', does: 'fail', code: 'EIO' });
  await expect(disk.write(0, sectors('c'))).rejects.toThrow('EIO');
  fault.mend();
  expect(events).toEqual([
    { kind: 'write', offset: SECTOR, bytes: sectors('b') },
    { kind: 'flush' },
  ]);
});
