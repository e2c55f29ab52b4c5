import {
  constants,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  privateDecrypt,
  type KeyObject,
} from 'node:crypto';

export type CardKeyKind = 'rsa2048' | 'p256';

/** A new key, in software. */
export function newCardKey(kind: CardKeyKind): KeyObject {
  const pair =
    kind === 'rsa2048'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** RSA on a whole block; padding is the reader's business. */
export function rawRsa(key: KeyObject, block: Buffer): Buffer {
  return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block);
}

/** The x coordinate of what `key` and an uncompressed point share. Throws when it is none on the curve. */
export function sharedX(key: KeyObject, point: Buffer): Buffer {
  if (point.length !== 65 || point[0] !== 4) throw new RangeError('not an uncompressed point');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.toString('base64url', 1, 33),
      y: point.toString('base64url', 33),
    },
  });
  return diffieHellman({ privateKey: key, publicKey });
}
