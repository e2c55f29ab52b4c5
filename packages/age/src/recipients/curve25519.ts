import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { Secret } from '../secret.ts';

export const POINT_SIZE = 32;

// The fixed DER that surrounds the 32 bytes (RFC 8410 §4 and §7).
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

function publicKeyFromBytes(point: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, point]), format: 'der', type: 'spki' });
}

export function bytesOfPublicKey(publicKey: KeyObject): Uint8Array<ArrayBuffer> {
  const der = createPublicKeyOf(publicKey).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(der.subarray(-POINT_SIZE));
}

export function privateKeyFromBytes(scalar: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8, scalar]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

export function openBytesOfPrivateKey(privateKey: KeyObject): Secret {
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  try {
    return Secret.copy(der.subarray(-POINT_SIZE));
  } finally {
    der.fill(0);
  }
}

export function generatePrivateKey(): KeyObject {
  return generateKeyPairSync('x25519').privateKey;
}

/** Returns `null` for an all-zero result, which a low-order point leads to (RFC 7748 §6.1). */
export function openX25519(privateKey: KeyObject, point: Uint8Array): Secret | null {
  try {
    // OpenSSL refuses the all-zero result itself.
    const shared = diffieHellman({ privateKey, publicKey: publicKeyFromBytes(point) });
    const secret = Secret.copy(shared);
    shared.fill(0);
    if (secret.bytes.some((byte) => byte !== 0)) return secret;
  } catch {
    return null;
  }
  return null;
}

function createPublicKeyOf(either: KeyObject): KeyObject {
  return either.type === 'private' ? createPublicKey(either) : either;
}
