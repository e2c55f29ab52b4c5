import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeArmor, dearmorStream } from './armor/decode.ts';
import { encodeArmor } from './armor/encode.ts';
import { decrypt, decryptStream } from './decrypt.ts';
import { encodeHeader, parseHeader } from './header/header.ts';
import { readHeader } from './header/read.ts';
import { openStream } from './payload/index.ts';
import type { Identity } from './ports.ts';
import { parseIdentity } from './recipients/parse.ts';
import { ScryptIdentity } from './recipients/scrypt.ts';
import { Secret } from './secret.ts';
import { vectors, type Vector } from './testing/cctv.ts';
import { drain, inPieces } from './testing/sources.ts';

const HEADER_FAILURE = ['NOT_AGE', 'AGE_HEADER_INVALID', 'WORK_FACTOR_TOO_HIGH'];
const CODES: Record<string, readonly (string | undefined)[]> = {
  success: [undefined],
  'header failure': HEADER_FAILURE,
  'HMAC failure': ['AGE_HEADER_MAC_MISMATCH'],
  'no match': ['NO_IDENTITY_MATCHED'],
  'payload failure': ['AGE_PAYLOAD_DAMAGED'],
  // Without its first line, it is not recognised as armor.
  'armor failure': ['ARMOR_INVALID', 'NOT_AGE'],
};

function expectedCodes(vector: Vector): readonly (string | undefined)[] {
  // The nonce precedes the payload; here it is reckoned to it.
  if (['stream_no_nonce', 'stream_short_nonce'].includes(vector.name))
    return CODES['payload failure'] ?? [];
  return CODES[vector.expect] ?? [];
}

function identitiesOf(vector: Vector): Identity[] {
  return [
    ...vector.identities.map(parseIdentity),
    ...vector.passphrases.map((text) => new ScryptIdentity(Secret.fromText(text))),
  ];
}

function codeOf(error: unknown): unknown {
  return error === null ? undefined : (error as { code?: unknown }).code;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The age file of a vector whose armor, if any, is sound. */
function binaryOf(vector: Vector): Uint8Array {
  return vector.armored ? decodeArmor(vector.file) : vector.file;
}

test('there are 143 vectors', () => {
  expect(vectors).toHaveLength(143);
  expect(new Set(vectors.map((v) => v.expect))).toEqual(new Set(Object.keys(CODES)));
});

describe.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
  test('whole', async () => {
    const result = await decrypt(vector.file, identitiesOf(vector)).then(
      (bytes) => ({ bytes, error: null }),
      (error: unknown) => ({ bytes: null, error }),
    );
    expect(expectedCodes(vector)).toContain(codeOf(result.error));
    if (result.bytes !== null) expect(sha256(result.bytes)).toBe(vector.payload);
  });

  test.each([
    ['as a stream', 4096],
    ['byte by byte', 1],
  ])('%s', { timeout: 120_000 }, async (_name, size) => {
    const stream = decryptStream(inPieces(vector.file, size), identitiesOf(vector));
    const { bytes, error } = await drain(stream);
    expect(expectedCodes(vector)).toContain(codeOf(error));
    // What was released before a failure counts, too.
    if (vector.payload === null) expect(bytes).toHaveLength(0);
    else expect(sha256(bytes)).toBe(vector.payload);
  });
});

test('armor that is sound encodes back to itself, but for white space and line ends', () => {
  const armored = vectors.filter((v) => v.armored && v.expect !== 'armor failure');
  expect(armored.length).toBeGreaterThan(5);
  for (const { name, file } of armored) {
    const text = Buffer.from(file).toString('latin1').replaceAll('\r\n', '\n').trim();
    const again = Buffer.from(encodeArmor(decodeArmor(file)))
      .toString('latin1')
      .trim();
    expect(again, name).toBe(text);
  }
});

test.each(vectors.filter((v) => v.expect === 'armor failure').map((v) => [v.name, v] as const))(
  '%s: what is not sound armor is refused, in whatever pieces it comes',
  async (_, { file }) => {
    expect(() => decodeArmor(file)).toThrow(expect.objectContaining({ code: 'ARMOR_INVALID' }));
    for (const size of [1, 7, 4096]) {
      const { error } = await drain(dearmorStream(inPieces(file, size)));
      expect(codeOf(error)).toBe('ARMOR_INVALID');
    }
  },
);

test('a header that is sound encodes back to itself', async () => {
  const sound = vectors.filter((v) => !['armor failure', 'header failure'].includes(v.expect));
  expect(sound.length).toBeGreaterThan(50);
  for (const vector of sound) {
    const file = binaryOf(vector);
    const header = parseHeader(file);
    expect(encodeHeader(header)).toEqual(header.bytes);
    expect(header.bytes).toEqual(Uint8Array.from(file.subarray(0, header.size)));
    expect(await readHeader(inPieces(file, 1))).toEqual(header);
  }
});

test('the file key of a vector opens its payload without any identity', async () => {
  const withPayload = vectors.filter((v) => v.payload !== null);
  expect(withPayload.length).toBeGreaterThan(40);
  for (const vector of withPayload) {
    const file = binaryOf(vector);
    const payload = inPieces(file.subarray(parseHeader(file).size), 65536);
    using fileKey = Secret.copy(Buffer.from(vector.fileKey, 'hex'));
    const { bytes, error } = await drain(openStream(payload, fileKey));
    expect(sha256(bytes), vector.name).toBe(vector.payload);
    expect(codeOf(error), vector.name).toBe(
      vector.expect === 'success' ? undefined : 'AGE_PAYLOAD_DAMAGED',
    );
  }
});
