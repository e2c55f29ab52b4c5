import { createHmac, generateKeyPairSync, privateDecrypt, randomBytes } from 'node:crypto';
import { Secret } from '@holdfast/age';
import { describe, expect, test } from 'vitest';
import {
  isForKey,
  parsePrfStanza,
  PRF_STANZA,
  prfKeyId,
  unwrapWithPrf,
  wrapWithPrf,
  type MacPort,
} from './prf.ts';
import {
  isForPublicKey,
  parseRsaKemStanza,
  RSA_KEM_STANZA,
  unwrapWithRsaKem,
  wrapWithRsaKem,
  type OaepPort,
} from './rsa-kem.ts';

const FILE_KEY = Uint8Array.from({ length: 16 }, (_, index) => index);

/** A MAC of the length that the method has; what makes it is of no concern to the stanza. */
function macOf(key: Uint8Array, size: number): MacPort {
  return async (message) =>
    Secret.copy(createHmac('sha256', key).update(message).digest().subarray(0, size));
}

describe.each([
  ['hmac-sha256', 32],
  ['aes-cmac', 16],
] as const)('the PRF stanza with %s', (method, size) => {
  const mac = macOf(Buffer.from('one'), size);

  test('opens with the key that made it, and is told by the key’s id', async () => {
    const keyId = await prfKeyId(method, mac);
    const stanza = parsePrfStanza(await wrapWithPrf(FILE_KEY, { method, keyId, mac }))!;
    expect(isForKey(stanza, keyId)).toBe(true);
    expect(isForKey(stanza, randomBytes(16))).toBe(false);
    using fileKey = await unwrapWithPrf(stanza, mac);
    expect(fileKey?.bytes).toEqual(FILE_KEY);
  });

  test('does not open with another key', async () => {
    const keyId = await prfKeyId(method, mac);
    const stanza = parsePrfStanza(await wrapWithPrf(FILE_KEY, { method, keyId, mac }))!;
    expect(await unwrapWithPrf(stanza, macOf(Buffer.from('two'), size))).toBeNull();
  });
});

test('the PRF stanza is what the format says, computed in another way', async () => {
  const key = randomBytes(32);
  const prf = (message: Buffer) => createHmac('sha256', key).update(message).digest();
  const keyId = prf(Buffer.from('holdfast/p11-prf-v1/key-id')).subarray(0, 16);
  expect(Buffer.from(await prfKeyId('hmac-sha256', macOf(key, 32)))).toEqual(keyId);
  const made = await wrapWithPrf(FILE_KEY, { method: 'hmac-sha256', keyId, mac: macOf(key, 32) });
  const [type, tag, method, salt] = made.args;
  const saltBytes = Buffer.from(salt!, 'base64');
  const expected = createHmac('sha256', 'holdfast/p11-prf-v1/tag')
    .update(saltBytes)
    .update(keyId)
    .digest('base64');
  expect([type, method, saltBytes.length]).toEqual(['holdfast/p11-prf-v1', 'hmac-sha256', 32]);
  expect(expected.slice(0, 5)).toBe(tag!.slice(0, 5));
  expect(made.body).toHaveLength(32);
});

describe.each(['sha1', 'sha256'] as const)('the RSA-KEM stanza with %s', (hash) => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const decrypt: OaepPort = async (oaepHash, ciphertext) =>
    Secret.copy(privateDecrypt({ key: pair.privateKey, oaepHash }, ciphertext));

  test('opens with its key, and is told by the public key', async () => {
    const stanza = parseRsaKemStanza(wrapWithRsaKem(FILE_KEY, spki, hash))!;
    expect(stanza.hash).toBe(hash);
    expect(isForPublicKey(stanza, spki)).toBe(true);
    expect(isForPublicKey(stanza, randomBytes(32))).toBe(false);
    using fileKey = await unwrapWithRsaKem(stanza, spki, decrypt);
    expect(fileKey?.bytes).toEqual(FILE_KEY);
  });

  test('a changed body does not open', async () => {
    const made = wrapWithRsaKem(FILE_KEY, spki, hash);
    made.body[3]! ^= 1;
    expect(await unwrapWithRsaKem(parseRsaKemStanza(made)!, spki, decrypt)).toBeNull();
  });
});

test('stanzas of other types are not ours', () => {
  const stanza = { args: ['X25519', 'AAAA'], body: new Uint8Array(32) };
  expect(parsePrfStanza(stanza)).toBeNull();
  expect(parseRsaKemStanza(stanza)).toBeNull();
});

const SALT = Buffer.alloc(32).toString('base64').replace('=', '');

test.each([
  [PRF_STANZA],
  [PRF_STANZA, 'AAAAAA', 'hmac-sha256'],
  [PRF_STANZA, 'AAAAAA', 'hmac-md5', SALT],
  [PRF_STANZA, 'AAAA', 'hmac-sha256', SALT],
  [PRF_STANZA, 'AAAAAA', 'hmac-sha256', 'AAAA'],
  [PRF_STANZA, 'AAAAAA', 'hmac-sha256', SALT, 'more'],
  [RSA_KEM_STANZA],
  [RSA_KEM_STANZA, 'AAAAAA', 'sha256', SALT],
  [RSA_KEM_STANZA, 'AAAAAA', 'md5', 'A'.repeat(344)],
  [RSA_KEM_STANZA, 'AAAAAA', 'sha1', 'A'.repeat(1368)],
])('a malformed stanza is refused: %s %s %s %s', (...args: (string | undefined)[]) => {
  const stanza = { args: args.filter((part) => part !== undefined), body: new Uint8Array(32) };
  const parse = args[0] === PRF_STANZA ? parsePrfStanza : parseRsaKemStanza;
  expect(() => parse(stanza)).toThrow(
    expect.objectContaining({ code: 'AGE_HEADER_INVALID', cause: stanza }),
  );
});

test('a body that holds something other than a file key is refused before a token is asked', () => {
  const b64 = (size: number): string => Buffer.alloc(size, 1).toString('base64').replace(/=+$/, '');
  for (const size of [0, 31, 33, 4096]) {
    const body = new Uint8Array(size);
    const prf = { args: [PRF_STANZA, b64(4), 'aes-cmac', b64(32)], body };
    const kem = { args: [RSA_KEM_STANZA, b64(4), 'sha1', b64(256)], body };
    const code = expect.objectContaining({ code: 'AGE_HEADER_INVALID' });
    expect(() => parsePrfStanza(prf)).toThrow(code);
    expect(() => parseRsaKemStanza(kem)).toThrow(code);
  }
});
