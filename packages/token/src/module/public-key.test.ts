import { createECDH, ECDH, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certifiedKey, curveBits, ecPublicKey, rsaPublicKey } from './public-key.ts';

const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
const ecdh = createECDH('prime256v1');
const point = ecdh.generateKeys();

function octetString(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([4, bytes.length]), bytes]);
}

describe('an EC point', () => {
  it('gives one SubjectPublicKeyInfo, however it is written', () => {
    const compressed = ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'compressed');
    const bitString = Buffer.concat([Buffer.from([3, 66, 0]), point]);
    const forms = [
      point,
      octetString(point),
      compressed,
      octetString(compressed as Buffer),
      bitString,
    ];
    const keys = forms.map((form) => ecPublicKey(P256, form as Buffer));
    expect(keys[0]).toMatchObject({ type: 'ec', bits: 256 });
    expect(keys[0]?.spki).toHaveLength(91);
    for (const key of keys) expect(key).toEqual(keys[0]);
  });

  it('of other curves is understood, too', () => {
    for (const [curve, params, bits] of [
      ['secp384r1', '06052b81040022', 384],
      ['secp521r1', '06052b81040023', 521],
    ] as const) {
      const other = createECDH(curve).generateKeys();
      const der = Buffer.concat([
        Buffer.from(other.length < 128 ? [4, other.length] : [4, 0x81, other.length]),
        other,
      ]);
      expect(ecPublicKey(Buffer.from(params, 'hex'), der)).toMatchObject({ bits });
      expect(curveBits(Buffer.from(params, 'hex'))).toBe(bits);
    }
  });

  it('that is nonsense is null', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.uint8Array({ maxLength: 20 }),
        (bytes, params) => {
          expect(ecPublicKey(P256, bytes)).toBeNull();
          expect(ecPublicKey(params, point)).toBeNull();
        },
      ),
    );
    expect(curveBits(null)).toBeNull();
  });
});

it('an RSA key is made of modulus and exponent', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const read = (text?: string): Buffer => Buffer.from(text!, 'base64url');
  const key = rsaPublicKey(read(n), read(e));
  expect(key).toMatchObject({ type: 'rsa', bits: 2048 });
  expect(Buffer.from(key!.spki)).toEqual(publicKey.export({ type: 'spki', format: 'der' }));
});

it('a certificate that is none is null', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(certifiedKey(bytes)).toBeNull();
    }),
  );
});
