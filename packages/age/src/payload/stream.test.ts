import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import { drain, inPieces } from '../testing/sources.ts';
import { CHUNK_SIZE, PAYLOAD_NONCE_SIZE, sealedSize, SEALED_CHUNK_SIZE } from './layout.ts';
import { openStream } from './open-stream.ts';
import { sealStream } from './seal-stream.ts';

const fileKey = Secret.copy(randomBytes(16));
const DAMAGED = { code: 'AGE_PAYLOAD_DAMAGED' };

async function seal(plaintext: Uint8Array, pieceSize = 50_000): Promise<Buffer> {
  const { bytes, error } = await drain(sealStream(inPieces(plaintext, pieceSize), fileKey));
  expect(error).toBeNull();
  return bytes;
}

async function open(payload: Uint8Array, pieceSize = 50_000) {
  return await drain(openStream(inPieces(payload, pieceSize), fileKey));
}

/** The place of a chunk's first byte in the payload. */
const chunkAt = (index: number): number => PAYLOAD_NONCE_SIZE + index * SEALED_CHUNK_SIZE;

test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 300_000])(
  'a payload of %i bytes opens to what was sealed',
  async (size) => {
    const plaintext = randomBytes(size);
    const payload = await seal(plaintext);
    expect(payload.length).toBe(PAYLOAD_NONCE_SIZE + sealedSize(size));
    const { bytes, error } = await open(payload);
    expect(error).toBeNull();
    expect(bytes.equals(plaintext)).toBe(true);
  },
);

test('how a stream is cut changes nothing', async () => {
  const size = fc.integer({ min: 0, max: 200_000 });
  const piece = fc.integer({ min: 1, max: 150_000 });
  await fc.assert(
    fc.asyncProperty(size, piece, piece, async (length, sealPiece, openPiece) => {
      const plaintext = randomBytes(length);
      const { bytes, error } = await open(await seal(plaintext, sealPiece), openPiece);
      expect(error).toBeNull();
      expect(bytes.equals(plaintext)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a payload comes out byte by byte as well', async () => {
  const plaintext = randomBytes(70_000);
  const { bytes, error } = await open(await seal(plaintext), 1);
  expect(error).toBeNull();
  expect(bytes.equals(plaintext)).toBe(true);
});

test.each([0, 1, 15, 16, 17, 31, chunkAt(1) - 1, chunkAt(1), chunkAt(1) + 16, chunkAt(2)])(
  'a payload cut off after %i bytes is damaged',
  async (length) => {
    const payload = await seal(randomBytes(3 * CHUNK_SIZE));
    const { bytes, error } = await open(payload.subarray(0, length));
    expect(error).toMatchObject(DAMAGED);
    expect(bytes.length % CHUNK_SIZE).toBe(0);
  },
);

test.each([1, CHUNK_SIZE, CHUNK_SIZE + 1, 2 * CHUNK_SIZE])(
  'a byte after a payload of %i bytes is damage, whatever came before it',
  async (size) => {
    const payload = await seal(randomBytes(size));
    const { error } = await open(Buffer.concat([payload, new Uint8Array(1)]));
    expect(error).toMatchObject(DAMAGED);
  },
);

test('chunks that changed places are damage', async () => {
  const payload = await seal(randomBytes(4 * CHUNK_SIZE));
  const swapped = Buffer.concat([
    payload.subarray(0, chunkAt(1)),
    payload.subarray(chunkAt(2), chunkAt(3)),
    payload.subarray(chunkAt(1), chunkAt(2)),
    payload.subarray(chunkAt(3)),
  ]);
  const { bytes, error } = await open(swapped);
  expect(error).toMatchObject(DAMAGED);
  expect(bytes.length).toBe(CHUNK_SIZE);
});

test('a flipped bit anywhere is damage, and nothing of its chunk comes out', async () => {
  const payload = await seal(randomBytes(CHUNK_SIZE + 100));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: payload.length * 8 - 1 }), async (bit) => {
      const flipped = Buffer.from(payload);
      const place = bit >> 3;
      flipped.writeUInt8(flipped.readUInt8(place) ^ (1 << (bit & 7)), place);
      const { bytes, error } = await open(flipped);
      expect(error).toMatchObject(DAMAGED);
      expect(bytes.length).toBe(place < chunkAt(1) ? 0 : CHUNK_SIZE);
    }),
    { numRuns: 50 },
  );
});

test('two payloads with one file key and plaintext have nothing in common', async () => {
  const plaintext = new Uint8Array(1000);
  const [one, other] = [await seal(plaintext), await seal(plaintext)];
  expect(one.subarray(0, 16).equals(other.subarray(0, 16))).toBe(false);
  expect(one.subarray(16, 48).equals(other.subarray(16, 48))).toBe(false);
});

test('sealing takes no more from its source than was asked for', async () => {
  let taken = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      taken++;
      yield await Promise.resolve(new Uint8Array(CHUNK_SIZE));
    }
  }
  const sealed = sealStream(endless(), fileKey);
  for (let i = 0; i < 3; i++) await sealed.next();
  await sealed.return(undefined);
  expect(taken).toBeLessThan(5);
});

test('a cancelled stream ends with CANCELLED, and closes its source', async () => {
  const controller = new AbortController();
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield await Promise.resolve(new Uint8Array(CHUNK_SIZE));
    } finally {
      closed = true;
    }
  }
  const sealed = sealStream(endless(), fileKey, { signal: controller.signal });
  await sealed.next();
  await sealed.next();
  controller.abort();
  await expect(sealed.next()).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(closed).toBe(true);
});
