import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openOaepMessage } from './oaep.ts';

const LABEL = Buffer.from('age-encryption.org/v1/ssh-rsa');
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

function rawBlock(message: Uint8Array, oaepHash: string, oaepLabel?: Buffer): Uint8Array {
  const options = oaepLabel === undefined ? {} : { oaepLabel };
  const ciphertext = publicEncrypt({ key: pair.publicKey, oaepHash, ...options }, message);
  return privateDecrypt({ key: pair.privateKey, padding: constants.RSA_NO_PADDING }, ciphertext);
}

describe.each(['sha1', 'sha256'] as const)('OAEP with %s', (hash) => {
  test('any message that fits comes back, with and without a label', () => {
    const longest = 256 - 2 * (hash === 'sha1' ? 20 : 32) - 2;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: longest }),
        fc.constantFrom(LABEL, undefined),
        (message, label) => {
          const block = rawBlock(message, hash, label);
          using opened = openOaepMessage(block, hash, label ?? Buffer.alloc(0));
          expect(Buffer.from(opened?.bytes ?? [255])).toEqual(Buffer.from(message));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a block with any bit changed is refused', () => {
    const block = rawBlock(Buffer.alloc(16, 7), hash, LABEL);
    fc.assert(
      fc.property(fc.nat(block.length * 8 - 1), (bit) => {
        const changed = Uint8Array.from(block);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(openOaepMessage(changed, hash, LABEL)).toBeNull();
      }),
    );
  });

  test('another label, another hash and a block that is too short are refused', () => {
    const block = rawBlock(Buffer.alloc(16, 7), hash, LABEL);
    expect(openOaepMessage(block, hash, Buffer.from('another'))).toBeNull();
    expect(openOaepMessage(block, hash === 'sha1' ? 'sha256' : 'sha1', LABEL)).toBeNull();
    expect(openOaepMessage(block.subarray(0, 40), hash, LABEL)).toBeNull();
    expect(openOaepMessage(new Uint8Array(256), hash, LABEL)).toBeNull();
  });
});
