import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, ftruncateSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import { openCollector, openFeed } from '../testing/ends.ts';
import { openScratch } from '../testing/scratch.ts';
import { CHUNK_SIZE } from './layout.ts';
import { openFile } from './open-file.ts';
import { sealFile } from './seal-file.ts';

const fileKey = Secret.copy(randomBytes(16));
/** Small units, and every thread at work however little there is to do. */
const tuning = { unitChunks: 2, workersFrom: 0, everyThread: true };
const unit = tuning.unitChunks * CHUNK_SIZE;
const threadCounts = [1, 3];

test.each(threadCounts)('a full disk is ENOSPC, with %i threads', async (threads) => {
  using scratch = openScratch();
  const input = openFeed(scratch, 'file', randomBytes(20 * unit));
  const fd = scratch.open('/dev/full', 'w');
  for (const output of [{ fd }, { fd, offset: 0 }]) {
    const sealing = sealFile(input, output, fileKey, { threads }, tuning);
    await expect(sealing).rejects.toMatchObject({ code: 'ENOSPC', syscall: 'write' });
  }
});

test.each(threadCounts)('a reader that went away is EPIPE, with %i threads', async (threads) => {
  using scratch = openScratch();
  const input = openFeed(scratch, 'file', randomBytes(20 * unit));
  const head = spawn('head', ['-c', '100', scratch.pipe('out')], { stdio: 'ignore' });
  const output = { fd: scratch.open('out', 'w') };
  const sealing = sealFile(input, output, fileKey, { threads }, tuning);
  await expect(sealing).rejects.toMatchObject({ code: 'EPIPE', syscall: 'write' });
  if (head.exitCode === null) await once(head, 'exit');
  const again = sealFile(input, output, fileKey, { threads }, tuning);
  await expect(again).rejects.toMatchObject({ code: 'EPIPE', syscall: 'write' });
});

test.each(threadCounts)('a failing read keeps its errno, with %i threads', async (threads) => {
  using scratch = openScratch();
  const input = { fd: scratch.open('.', constants.O_RDONLY), offset: 0, size: 20 * unit };
  const { output } = openCollector(scratch, 'file');
  const sealing = sealFile(input, output, fileKey, { threads }, tuning);
  await expect(sealing).rejects.toMatchObject({ code: 'EISDIR', syscall: 'read' });
});

test('a file that becomes shorter while it is read is INPUT_CHANGED', async () => {
  using scratch = openScratch();
  openFeed(scratch, 'file', randomBytes(20 * unit));
  const fd = scratch.open('feed', 'r+');
  const { output } = openCollector(scratch, 'file');
  const onProgress = (): void => {
    ftruncateSync(fd, 3 * unit);
  };
  const options = { threads: 1, onProgress };
  const sealing = sealFile({ fd, offset: 0 }, output, fileKey, options, tuning);
  await expect(sealing).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
});

/** How long after `abort` the promise was rejected with CANCELLED, in milliseconds. */
async function timeToCancel(started: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  const controller = new AbortController();
  const running = expect(started(controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  await sleep(300);
  const begin = performance.now();
  controller.abort();
  await running;
  return performance.now() - begin;
}

test.each(threadCounts)('a silent pipe can be cancelled, with %i threads', async (threads) => {
  using scratch = openScratch();
  scratch.pipe('silent');
  // Open for both, so that neither side waits for the other, and nobody ever writes.
  const fd = scratch.open('silent', constants.O_RDWR);
  const { output } = openCollector(scratch, 'file');
  const elapsed = [
    await timeToCancel(
      async (signal) => await sealFile({ fd }, output, fileKey, { threads, signal }, tuning),
    ),
    await timeToCancel(
      async (signal) => await openFile({ fd }, 0, null, fileKey, { threads, signal }, tuning),
    ),
  ];
  expect(Math.max(...elapsed)).toBeLessThan(2000);
});

test.each(threadCounts)(
  'a pipe that falls silent half-way can be cancelled, with %i threads',
  async (threads) => {
    using scratch = openScratch();
    scratch.pipe('silent');
    const fd = scratch.open('silent', constants.O_RDWR | constants.O_NONBLOCK);
    writeSync(fd, randomBytes(1000));
    const { output } = openCollector(scratch, 'file');
    const elapsed = await timeToCancel(
      async (signal) => await sealFile({ fd }, output, fileKey, { threads, signal }, tuning),
    );
    expect(elapsed).toBeLessThan(2000);
  },
);

test.each(threadCounts)(
  'a pipe that nobody reads can be cancelled, with %i threads',
  async (threads) => {
    using scratch = openScratch();
    const input = openFeed(scratch, 'file', randomBytes(20 * unit));
    scratch.pipe('full');
    const fd = scratch.open('full', constants.O_RDWR);
    const elapsed = await timeToCancel(
      async (signal) => await sealFile(input, { fd }, fileKey, { threads, signal }, tuning),
    );
    expect(elapsed).toBeLessThan(2000);
  },
);

test.each(threadCounts)('endless input can be cancelled, with %i threads', async (threads) => {
  using scratch = openScratch();
  const input = { fd: scratch.open('/dev/zero', 'r') };
  const output = { fd: scratch.open('/dev/null', 'w') };
  const elapsed = await timeToCancel(
    async (signal) => await sealFile(input, output, fileKey, { threads, signal }, tuning),
  );
  expect(elapsed).toBeLessThan(2000);
});

test('what was cancelled before it began touches nothing', async () => {
  using scratch = openScratch();
  const input = openFeed(scratch, 'file', randomBytes(10));
  const { output, collected } = openCollector(scratch, 'file');
  const sealing = sealFile(input, output, fileKey, { signal: AbortSignal.abort() });
  await expect(sealing).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await collected()).length).toBe(0);
});

test('an error of the progress callback ends all threads', async () => {
  using scratch = openScratch();
  const input = openFeed(scratch, 'file', randomBytes(20 * unit));
  const { output } = openCollector(scratch, 'file');
  const onProgress = (): void => {
    throw new RangeError('no');
  };
  const sealing = sealFile(input, output, fileKey, { threads: 2, onProgress }, tuning);
  await expect(sealing).rejects.toThrow(RangeError);
});

/** A program that seals its standard input, a socket, to its standard output. */
const SOCKET_PROGRAM = `
  import { sealFile } from '${new URL('seal-file.ts', import.meta.url).href}';
  import { Secret } from '${new URL('../secret.ts', import.meta.url).href}';
  const signal = process.argv[2] === 'cancel' ? AbortSignal.timeout(300) : undefined;
  try {
    const { plaintextSize } = await sealFile({ fd: 0 }, { fd: 1 }, Secret.random(16), { signal });
    console.error(String(plaintextSize));
  } catch (error) {
    console.error(error.code);
    process.exit(3);
  }
`;

test('sockets are read and written by one thread', async () => {
  using scratch = openScratch();
  const program = scratch.write('program.ts', Buffer.from(SOCKET_PROGRAM));
  // Node connects its children by sockets, not by pipes.
  const child = spawn(process.execPath, [program]);
  let [received, told] = [0, ''];
  child.stdout.on('data', (bytes: Buffer) => (received += bytes.length));
  child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  child.stdin.end(randomBytes(3 * unit));
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(told.trim()).toBe(String(3 * unit));
  expect(received).toBe(16 + 6 * 16 + 3 * unit);
});

test('a silent socket can be cancelled', async () => {
  using scratch = openScratch();
  const program = scratch.write('program.ts', Buffer.from(SOCKET_PROGRAM));
  const child = spawn(process.execPath, [program, 'cancel']);
  let told = '';
  child.stderr.on('data', (bytes: Buffer) => (told += bytes.toString()));
  expect(await once(child, 'close')).toEqual([3, null]);
  expect(told.trim()).toBe('CANCELLED');
});
