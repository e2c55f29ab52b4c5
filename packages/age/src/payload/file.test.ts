import { randomBytes } from 'node:crypto';
import { fstatSync, readdirSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import { END_KINDS, openCollector, openFeed } from '../testing/ends.ts';
import { openScratch } from '../testing/scratch.ts';
import { drain, inPieces } from '../testing/sources.ts';
import { CHUNK_SIZE, PAYLOAD_NONCE_SIZE, SEALED_CHUNK_SIZE } from './layout.ts';
import { openFile } from './open-file.ts';
import { openStream } from './open-stream.ts';
import { sealFile } from './seal-file.ts';
import { sealStream } from './seal-stream.ts';

const fileKey = Secret.copy(randomBytes(16));
/** Small units, and every thread at work however little there is to do. */
const tuning = { unitChunks: 2, workersFrom: 0, everyThread: true };
const unit = tuning.unitChunks * CHUNK_SIZE;

const ways = END_KINDS.flatMap((from) =>
  END_KINDS.flatMap((to) => [1, 3].map((threads) => ({ from, to, threads }))),
);

async function seal(plaintext: Uint8Array): Promise<Buffer> {
  return (await drain(sealStream(inPieces(plaintext, CHUNK_SIZE), fileKey))).bytes;
}

async function open(payload: Uint8Array): Promise<Buffer> {
  const { bytes, error } = await drain(openStream(inPieces(payload, CHUNK_SIZE), fileKey));
  expect(error).toBeNull();
  return bytes;
}

test.each(ways)('$threads threads seal from a $from to a $to as one stream does', async (way) => {
  for (const size of way.threads === 1 ? [0, unit, 3 * unit + 1] : [9 * unit + 12_345]) {
    using scratch = openScratch();
    const plaintext = randomBytes(size);
    const input = openFeed(scratch, way.from, plaintext);
    const { output, collected } = openCollector(scratch, way.to);
    const result = await sealFile(input, output, fileKey, { threads: way.threads }, tuning);
    const payload = await collected();
    expect(result).toEqual({ size: payload.length, plaintextSize: size });
    expect((await open(payload)).equals(plaintext)).toBe(true);
  }
});

test.each(ways)('$threads threads open from a $from to a $to as one stream does', async (way) => {
  for (const size of way.threads === 1 ? [0, unit, 3 * unit + 1] : [9 * unit + 12_345]) {
    using scratch = openScratch();
    const plaintext = randomBytes(size);
    const input = openFeed(scratch, way.from, await seal(plaintext));
    const { output, collected } = openCollector(scratch, way.to);
    const result = await openFile(input, 0, output, fileKey, { threads: way.threads }, tuning);
    expect(result).toEqual({ size });
    expect((await collected()).equals(plaintext)).toBe(true);
  }
});

test('offsets and sizes are kept: nothing around the payload is read or written', async () => {
  using scratch = openScratch();
  const plaintext = randomBytes(3 * unit);
  scratch.write('in', Buffer.concat([randomBytes(100), plaintext, randomBytes(100)]));
  scratch.write('sealed', Buffer.alloc(50, 'h'));
  const from = { fd: scratch.open('in', 'r'), offset: 100, size: plaintext.length };
  const fd = scratch.open('sealed', 'r+');
  const { size } = await sealFile(from, { fd, offset: 50 }, fileKey, { threads: 2 }, tuning);
  writeSync(fd, 'trailer', 50 + size);

  const sealed = scratch.read('sealed');
  expect(sealed.subarray(0, 50).toString()).toBe('h'.repeat(50));
  expect((await open(sealed.subarray(50, 50 + size))).equals(plaintext)).toBe(true);

  const whole = { fd, offset: 20, size: 30 + size };
  const output = { fd: scratch.open('out', 'w'), offset: 7 };
  await openFile(whole, 30, output, fileKey, { threads: 2 }, tuning);
  expect(scratch.read('out').subarray(7).equals(plaintext)).toBe(true);
});

test('without an output it only checks', async () => {
  using scratch = openScratch();
  const payload = await seal(randomBytes(3 * unit));
  const input = openFeed(scratch, 'file', payload);
  expect(await openFile(input, 0, null, fileKey, {}, tuning)).toEqual({ size: 3 * unit });
  payload.writeUInt8(payload.readUInt8(unit) ^ 1, unit);
  scratch.write('feed', payload);
  await expect(openFile(input, 0, null, fileKey, {}, tuning)).rejects.toMatchObject({
    code: 'AGE_PAYLOAD_DAMAGED',
  });
});

const chunkAt = (index: number): number => PAYLOAD_NONCE_SIZE + index * SEALED_CHUNK_SIZE;
const cuts = [0, 15, 16, 31, 1, 2, 3, 4, 5].map((at) => (at < 6 && at > 0 ? chunkAt(at) : at));

test.each(['file', 'pipe'] as const)(
  'a payload from a %s cut off anywhere is damage',
  async (kind) => {
    const payload = await seal(randomBytes(6 * CHUNK_SIZE));
    for (const length of [...cuts, chunkAt(1) + 1, chunkAt(2) + 16, payload.length - 1]) {
      using scratch = openScratch();
      const input = openFeed(scratch, kind, payload.subarray(0, length));
      const opening = openFile(input, 0, null, fileKey, { threads: 2 }, tuning);
      await expect(opening).rejects.toMatchObject({ code: 'AGE_PAYLOAD_DAMAGED' });
    }
  },
);

test.each(['file', 'pipe'] as const)(
  'anything after a payload from a %s is damage',
  async (kind) => {
    for (const size of [0, 1, CHUNK_SIZE, unit, 3 * unit]) {
      for (const extra of [1, 16, 17, SEALED_CHUNK_SIZE]) {
        using scratch = openScratch();
        const payload = Buffer.concat([await seal(randomBytes(size)), new Uint8Array(extra)]);
        const input = openFeed(scratch, kind, payload);
        const opening = openFile(input, 0, null, fileKey, { threads: 2 }, tuning);
        await expect(opening).rejects.toMatchObject({ code: 'AGE_PAYLOAD_DAMAGED' });
      }
    }
  },
);

test.each([1, 2])(
  'progress of %i threads never goes back, and ends at the size',
  async (threads) => {
    expect((await progressOf(threads)).at(-1)).toBe(20 * unit);
  },
);

test('a thread that works alone tells how far it is between its units', async () => {
  expect((await progressOf(1)).length).toBeGreaterThan(1);
});

/** What sealing 20 units has told, in order. */
async function progressOf(threads: number): Promise<number[]> {
  using scratch = openScratch();
  const input = openFeed(scratch, 'file', randomBytes(20 * unit));
  const { output } = openCollector(scratch, 'file');
  const seen: number[] = [];
  const onProgress = (done: number): void => {
    seen.push(done);
  };
  await sealFile(input, output, fileKey, { threads, onProgress }, tuning);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  return seen;
}

test("the caller's files stay open, and no other file does", async () => {
  using scratch = openScratch();
  const input = openFeed(scratch, 'pipe', randomBytes(5 * unit));
  const { output, collected } = openCollector(scratch, 'pipe');
  const before = readdirSync('/proc/self/fd');
  await sealFile(input, output, fileKey, { threads: 2 }, tuning);
  // A worker takes its event loop along when it ends, a little later.
  const openNow = () => readdirSync('/proc/self/fd').length;
  await expect.poll(openNow).toBeLessThanOrEqual(before.length);
  expect(fstatSync(input.fd).isFIFO() && fstatSync(output.fd).isFIFO()).toBe(true);
  await collected();
});
