import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import { openCollector, openFeed } from '../testing/ends.ts';
import { openScratch } from '../testing/scratch.ts';
import { drain, inPieces } from '../testing/sources.ts';
import { digestFile } from './digest-file.ts';
import { CHUNK_SIZE, PAYLOAD_NONCE_SIZE, SEALED_CHUNK_SIZE } from './layout.ts';
import { openFile } from './open-file.ts';
import { sealStream } from './seal-stream.ts';

const fileKey = Secret.copy(randomBytes(16));

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The digests as their definition has them, from everything at once. */
function digestsOf(segments: readonly Uint8Array[]) {
  const digests = segments.map(sha256);
  const size = segments.reduce((sum, segment) => sum + segment.length, 0);
  return {
    size,
    segments: digests.map((d) => Uint8Array.from(d)),
    digest: sha256(Buffer.concat(digests)),
  };
}

function cut(bytes: Uint8Array, segmentSize: number): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / segmentSize));
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * segmentSize, (i + 1) * segmentSize),
  );
}

/** Segment u of the plaintext: the chunks that start in encrypted segment u. */
function cutPlaintext(
  plaintext: Uint8Array,
  headerSize: number,
  size: number,
  segmentSize: number,
) {
  const count = Math.max(1, Math.ceil(size / segmentSize));
  const segments: Buffer[][] = Array.from({ length: count }, () => []);
  const chunks = Math.max(1, Math.ceil(plaintext.length / CHUNK_SIZE));
  for (let i = 0; i < chunks; i++) {
    const start = headerSize + PAYLOAD_NONCE_SIZE + i * SEALED_CHUNK_SIZE;
    const chunk = Buffer.from(plaintext.subarray(i * CHUNK_SIZE, (i + 1) * CHUNK_SIZE));
    segments[Math.floor(start / segmentSize)]?.push(chunk);
  }
  return segments.map((parts) => Buffer.concat(parts));
}

const cases = [
  { size: 0, headerSize: 200, segmentSize: 1000 },
  { size: 0, headerSize: 200, segmentSize: 100 },
  { size: 1, headerSize: 0, segmentSize: 100 },
  { size: 300_000, headerSize: 200, segmentSize: 10_000 },
  { size: 300_000, headerSize: 200, segmentSize: SEALED_CHUNK_SIZE },
  { size: 300_000, headerSize: 50_000, segmentSize: 20_000 },
  { size: 10 * CHUNK_SIZE, headerSize: 0, segmentSize: 2 * SEALED_CHUNK_SIZE },
  { size: 40 * CHUNK_SIZE, headerSize: 177, segmentSize: 1_500_000 },
  { size: 40 * CHUNK_SIZE, headerSize: 177, segmentSize: 100_000_000 },
];

test.each(cases)(
  'segments of $segmentSize bytes digest $size bytes behind a header of $headerSize',
  async ({ size, headerSize, segmentSize }) => {
    using scratch = openScratch();
    const plaintext = randomBytes(size);
    const { bytes: payload } = await drain(sealStream(inPieces(plaintext, CHUNK_SIZE), fileKey));
    const file = Buffer.concat([randomBytes(headerSize), payload]);
    const input = { fd: openFeed(scratch, 'file', file).fd, offset: 0 };
    const encrypted = digestsOf(cut(file, segmentSize));
    const opened = digestsOf(cutPlaintext(plaintext, headerSize, file.length, segmentSize));

    for (const threads of [1, 3]) {
      const tuning = { segmentSize, workersFrom: 0, everyThread: true };
      expect(await digestFile(input, { threads }, tuning)).toEqual(encrypted);

      const options = { threads, digests: true };
      const checked = await openFile(input, headerSize, null, fileKey, options, tuning);
      expect(checked).toEqual({ size, encrypted, plaintext: opened });
    }
  },
);

test.each(['file', 'pipe'] as const)('the same pass writes the plaintext to a %s', async (kind) => {
  using scratch = openScratch();
  const plaintext = randomBytes(20 * CHUNK_SIZE + 5);
  const { bytes: payload } = await drain(sealStream(inPieces(plaintext, CHUNK_SIZE), fileKey));
  const input = openFeed(scratch, 'file', payload);
  const { output, collected } = openCollector(scratch, kind);
  const tuning = { segmentSize: 200_000, workersFrom: 0, everyThread: true };
  const options = { threads: 3, digests: true };
  const { size } = await openFile(input, 0, output, fileKey, options, tuning);
  expect(size).toBe(plaintext.length);
  expect((await collected()).equals(plaintext)).toBe(true);
});

test('a flipped bit in any segment is damage in this pass, too', async () => {
  using scratch = openScratch();
  const { bytes: payload } = await drain(
    sealStream(inPieces(randomBytes(900_000), 65_536), fileKey),
  );
  for (let at = 5; at < payload.length; at += 150_000) {
    const flipped = Buffer.from(payload);
    flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
    const input = { fd: openFeed(scratch, 'file', flipped).fd, offset: 0 };
    const options = { threads: 2, digests: true };
    const tuning = { segmentSize: 100_000, workersFrom: 0, everyThread: true };
    await expect(openFile(input, 0, null, fileKey, options, tuning)).rejects.toMatchObject({
      code: 'AGE_PAYLOAD_DAMAGED',
    });
  }
});

test('one segment, the normal case, is digested as sha256sum does', async () => {
  using scratch = openScratch();
  const bytes = randomBytes(100_000);
  const input = { fd: openFeed(scratch, 'file', bytes).fd, offset: 0 };
  const { segments } = await digestFile(input);
  expect(segments.map((s) => Buffer.from(s).toString('hex'))).toEqual([
    sha256(bytes).toString('hex'),
  ]);
});

test('a pipe has no segments to digest', async () => {
  using scratch = openScratch();
  const input = openFeed(scratch, 'pipe', randomBytes(100));
  await expect(openFile(input, 0, null, fileKey, { digests: true })).rejects.toThrow(TypeError);
});
