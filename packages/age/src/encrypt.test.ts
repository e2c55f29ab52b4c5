import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeArmor } from './armor/encode.ts';
import { decrypt, decryptStream } from './decrypt.ts';
import { encrypt, encryptStream } from './encrypt.ts';
import { unwrapHeader } from './header/unwrap.ts';
import { parseHeader } from './header/header.ts';
import { openStream, sealStream } from './payload/index.ts';
import { HybridIdentity } from './recipients/hybrid.ts';
import { ScryptIdentity, ScryptRecipient } from './recipients/scrypt.ts';
import { X25519Identity } from './recipients/x25519.ts';
import { Secret } from './secret.ts';
import { codeOf } from './testing/codes.ts';
import { drain, inPieces } from './testing/sources.ts';

const identity = X25519Identity.generate();
const recipients = [identity.recipient()];

test('what is encrypted decrypts, whole and in any pieces, armored or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 1000 }),
      fc.integer({ min: 1, max: 1500 }),
      fc.boolean(),
      async (plaintext, size, armored) => {
        const binary = await drain(encryptStream(inPieces(plaintext, size), recipients));
        expect(binary.error).toBe(null);
        const file = armored ? encodeArmor(binary.bytes) : binary.bytes;
        expect(await decrypt(file, [identity])).toEqual(plaintext);
        const { bytes, error } = await drain(decryptStream(inPieces(file, size), [identity]));
        expect(error).toBe(null);
        expect(Buffer.compare(bytes, plaintext)).toBe(0);
      },
    ),
  );
});

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('%i bytes come back', async (size) => {
  const plaintext = new Uint8Array(size).map((_, index) => index * 7);
  const file = await encrypt(plaintext, recipients);
  expect(Buffer.compare(await decrypt(file, [identity]), plaintext)).toBe(0);
});

test('no file encrypts twice to the same bytes', async () => {
  const [one, two] = [
    await encrypt(Buffer.from('x'), recipients),
    await encrypt(Buffer.from('x'), recipients),
  ];
  expect(Buffer.compare(one, two)).not.toBe(0);
  expect(one.length).toBe(two.length);
});

describe.each([
  ['X25519', async () => await encrypt(Buffer.from('a secret'), recipients), [identity]],
  [
    'password',
    async () => {
      const password = Secret.fromText('a password');
      return await encrypt(Buffer.from('a secret'), [
        new ScryptRecipient(password, { workFactor: 1 }),
      ]);
    },
    // A change may ask for more work; this is enough for the file as it was.
    [new ScryptIdentity(Secret.fromText('a password'), { maxWorkFactor: 9 })],
  ],
])('%s', (_, make, identities) => {
  test('no change of a single byte yields plaintext that is called complete', async () => {
    const file = await make();
    for (let at = 0; at < file.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = new Uint8Array(file);
        changed[at]! ^= flip;
        const whole: unknown = await decrypt(changed, identities).catch((e: unknown) => e);
        expect(codeOf(whole), `byte ${at}`).toMatch(/^[A-Z_0-9]+$/);
        const { error } = await drain(decryptStream(inPieces(changed, 50), identities));
        expect(codeOf(error), `byte ${at}`).toBe(codeOf(whole));
      }
    }
  });

  test('no cut and no appended byte does, either', async () => {
    const file = await make();
    for (let length = 0; length < file.length; length++) {
      const whole: unknown = await decrypt(file.subarray(0, length), identities).catch(
        (e: unknown) => e,
      );
      expect(codeOf(whole)).toMatch(/^(NOT_AGE|AGE_HEADER_INVALID|AGE_PAYLOAD_DAMAGED)$/);
    }
    const longer = decrypt(Buffer.concat([file, Buffer.of(0)]), identities);
    await expect(longer).rejects.toMatchObject({ code: 'AGE_PAYLOAD_DAMAGED' });
  });
});

test('no change of a single byte of a hybrid file yields plaintext either', async () => {
  const hybrid = HybridIdentity.generate();
  const file = await encrypt(Buffer.from('a secret'), [hybrid.recipient()]);
  for (let at = 0; at < file.length; at += 3) {
    const changed = new Uint8Array(file);
    changed[at]! ^= 0x04;
    const whole: unknown = await decrypt(changed, [hybrid]).catch((e: unknown) => e);
    expect(codeOf(whole), `byte ${at}`).toMatch(/^[A-Z_0-9]+$/);
  }
});

test('any bytes are refused with a typed error', async () => {
  const prefix = fc.constantFrom(
    '',
    'age-encryption.org/v1\n',
    '-----BEGIN AGE ENCRYPTED FILE-----\n',
  );
  await fc.assert(
    fc.asyncProperty(prefix, fc.uint8Array(), async (start, bytes) => {
      const file = Buffer.concat([Buffer.from(start), bytes]);
      const whole: unknown = await decrypt(file, [identity]).catch((e: unknown) => e);
      expect(codeOf(whole)).toMatch(/^(NOT_AGE|AGE_HEADER_INVALID|ARMOR_INVALID)$/);
    }),
  );
});

test('the header comes out before any plaintext is asked for', async () => {
  let asked = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked++;
      yield new Uint8Array(65_536);
    }
  }
  const stream = encryptStream(source(), recipients);
  const first = await stream.next();
  expect(parseHeader(first.value as Uint8Array).stanzas).toHaveLength(1);
  expect(asked).toBe(0);
  await stream.next();
  await stream.next();
  expect(asked).toBeLessThan(4);
  await stream.return(undefined);
});

test('a source is closed when its reader goes away, in either direction', async () => {
  let closed = 0;
  async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; ; at += 1000) yield bytes.subarray(at, at + 1000);
    } finally {
      closed++;
    }
  }
  const sealing = encryptStream(source(new Uint8Array(300_000)), recipients);
  for (let step = 0; step < 3; step++) await sealing.next();
  await sealing.return(undefined);
  expect(closed).toBe(1);
  const file = await encrypt(new Uint8Array(300_000), recipients);
  const opening = decryptStream(source(file), [identity]);
  await opening.next();
  await opening.return(undefined);
  expect(closed).toBe(2);
  const stranger = decryptStream(source(file), [X25519Identity.generate()]);
  await expect(stranger.next()).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
  expect(closed).toBe(3);
});

test('an error of the source comes through as it is', async () => {
  const problem = new Error('the disk went away');
  async function* source(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw problem;
  }
  expect((await drain(encryptStream(source(), recipients))).error).toBe(problem);
  expect(codeOf((await drain(decryptStream(source(), [identity]))).error)).toBe('NOT_AGE');
});

test('what was cancelled says so', async () => {
  const signal = AbortSignal.abort();
  const file = await encrypt(Buffer.from('x'), recipients);
  const attempts = [
    encrypt(Buffer.from('x'), recipients, { signal }),
    decrypt(file, [identity], { signal }),
    encryptStream(inPieces(file, 9), recipients, { signal }).next(),
    decryptStream(inPieces(file, 9), [identity], { signal }).next(),
  ];
  for (const attempt of attempts) {
    await expect(attempt).rejects.toMatchObject({ code: 'CANCELLED' });
  }
});

test('a header and a payload can be made and opened apart', async () => {
  const file = await encrypt(Buffer.from('apart'), recipients);
  const header = parseHeader(file);
  using fileKey = await unwrapHeader(header.bytes, [identity]);
  const opened = await drain(openStream(inPieces(file.subarray(header.size), 7), fileKey));
  expect(opened.bytes.toString()).toBe('apart');
  const sealed = await drain(sealStream(inPieces(Buffer.from('again'), 2), fileKey));
  const rejoined = Buffer.concat([header.bytes, sealed.bytes]);
  expect(Buffer.from(await decrypt(rejoined, [identity])).toString()).toBe('again');
});
