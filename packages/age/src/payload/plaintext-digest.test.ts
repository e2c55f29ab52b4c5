import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decryptFile } from '../decrypt-file.ts';
import { encrypt } from '../encrypt.ts';
import { generateIdentity } from '../recipients/parse.ts';
import { Secret } from '../secret.ts';
import { openScratch } from '../testing/scratch.ts';
import { drain, inPieces } from '../testing/sources.ts';
import { CHUNK_SIZE, SEALED_CHUNK_SIZE } from './layout.ts';
import { openFile } from './open-file.ts';
import { PlaintextDigest } from './plaintext-digest.ts';
import { sealStream } from './seal-stream.ts';

/** What is digested in pieces of this size. */
function digestOf(plaintext: Uint8Array, piece: number, digest: PlaintextDigest): Uint8Array {
  for (let at = 0; at < plaintext.length; at += piece) {
    digest.update(plaintext.subarray(at, at + piece));
  }
  expect(digest.size).toBe(plaintext.length);
  return digest.digest();
}

test('a stream has the digest that a real file says of what it holds', async () => {
  using scratch = openScratch();
  for (const size of [0, 1, CHUNK_SIZE, 3 * CHUNK_SIZE + 7]) {
    const plaintext = randomBytes(size);
    const identity = generateIdentity();
    const sealed = await encrypt(plaintext, [identity.recipient()]);
    const fd = scratch.open(scratch.write('file', sealed), 'r');
    const input = { fd, offset: 0, size: sealed.length };
    const { plaintext: told } = await decryptFile(input, null, [identity], { digests: true });
    expect(digestOf(plaintext, 1000, new PlaintextDigest())).toEqual(told?.digest);
  }
});

test('a stream has that digest for segments of every size, in pieces of every size', async () => {
  const fileKey = Secret.copy(randomBytes(16));
  const cases = fc.record({
    size: fc.oneof(
      fc.nat(5 * CHUNK_SIZE),
      fc.nat(5).map((chunks) => chunks * CHUNK_SIZE),
    ),
    header: fc.nat(2 * SEALED_CHUNK_SIZE),
    segmentSize: fc.integer({ min: 20_000, max: 4 * SEALED_CHUNK_SIZE }),
    piece: fc.integer({ min: 1000, max: 3 * CHUNK_SIZE }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ size, header, segmentSize, piece }) => {
      using scratch = openScratch();
      const plaintext = randomBytes(size);
      const { bytes } = await drain(sealStream(inPieces(plaintext, CHUNK_SIZE), fileKey));
      const file = Buffer.concat([randomBytes(header), bytes]);
      const input = { fd: scratch.open(scratch.write('file', file), 'r'), offset: 0 };
      const options = { digests: true, threads: 1 };
      const told = await openFile(input, header, null, fileKey, options, { segmentSize });
      const own = new PlaintextDigest({ segmentSize }, header);
      expect(digestOf(plaintext, piece, own)).toEqual(told.plaintext?.digest);
    }),
    { numRuns: 60 },
  );
});
