import {
  createHash,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  encapsulate,
  type KeyObject,
} from 'node:crypto';
import { concat } from '../encoding/concat.ts';
import { Secret } from '../secret.ts';
import * as curve from './curve25519.ts';

/**
 * MLKEM768-X25519, also called X-Wing (draft-connolly-cfrg-xwing-kem): a secret that stays one while
 * either of the two is unbroken. Both halves are native.
 */
export const SEED_SIZE = 32;
export const PUBLIC_SIZE = 1184 + 32;
export const ENCAPSULATED_SIZE = 1088 + 32;

const MLKEM_PUBLIC = 1184;
const MLKEM_CIPHERTEXT = 1088;
const MLKEM_SEED = 64;
const LABEL = Buffer.from('\\.//^\\', 'latin1');

// The fixed DER that surrounds an encapsulation key, and a seed, of ML-KEM-768 (RFC 9935).
const SPKI = Buffer.from('308204b2300b0609608648016503040402038204a100', 'hex');
const PKCS8_SEED = Buffer.from('3054020100300b060960864801650304040204428040', 'hex');

export interface XwingPrivateKey {
  readonly mlkem: KeyObject;
  readonly x25519: KeyObject;
  readonly publicBytes: Uint8Array;
}

export function privateKeyFromSeed(seed: Uint8Array): XwingPrivateKey {
  const expanded = createHash('shake256', { outputLength: MLKEM_SEED + 32 })
    .update(seed)
    .digest();
  const der = Buffer.concat([PKCS8_SEED, expanded.subarray(0, MLKEM_SEED)]);
  try {
    const mlkem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const x25519 = curve.privateKeyFromBytes(expanded.subarray(MLKEM_SEED));
    const spki = createPublicKey(mlkem).export({ format: 'der', type: 'spki' });
    const mlkemPublic = spki.subarray(-MLKEM_PUBLIC);
    const publicBytes = concat([mlkemPublic, curve.bytesOfPublicKey(x25519)]);
    return { mlkem, x25519, publicBytes };
  } finally {
    expanded.fill(0);
    der.fill(0);
  }
}

/** Throws when the ML-KEM half is not a valid encapsulation key (FIPS 203 §7.2). */
export function assertPublicKey(publicBytes: Uint8Array): void {
  mlkemPublicKey(publicBytes);
}

/** Returns `null` when the X25519 half is a low-order point. */
export function openEncapsulation(
  publicBytes: Uint8Array,
): { shared: Secret; encapsulated: Uint8Array } | null {
  const point = publicBytes.subarray(MLKEM_PUBLIC);
  const ephemeral = curve.generatePrivateKey();
  const share = curve.bytesOfPublicKey(ephemeral);
  using x25519 = curve.openX25519(ephemeral, point);
  if (x25519 === null) return null;
  const { sharedKey, ciphertext } = encapsulate(mlkemPublicKey(publicBytes));
  const shared = combine(sharedKey, x25519, share, point);
  return { shared, encapsulated: concat([ciphertext, share]) };
}

/** Returns `null` when the X25519 half is a low-order point. A wrong ML-KEM half gives a wrong secret. */
export function openDecapsulation(
  privateKey: XwingPrivateKey,
  encapsulated: Uint8Array,
): Secret | null {
  const share = encapsulated.subarray(MLKEM_CIPHERTEXT);
  using x25519 = curve.openX25519(privateKey.x25519, share);
  if (x25519 === null) return null;
  const sharedKey = decapsulate(privateKey.mlkem, encapsulated.subarray(0, MLKEM_CIPHERTEXT));
  return combine(sharedKey, x25519, share, privateKey.publicBytes.subarray(MLKEM_PUBLIC));
}

function mlkemPublicKey(publicBytes: Uint8Array): KeyObject {
  const der = Buffer.concat([SPKI, publicBytes.subarray(0, MLKEM_PUBLIC)]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function combine(mlkem: Buffer, x25519: Secret, share: Uint8Array, point: Uint8Array): Secret {
  const hash = createHash('sha3-256').update(mlkem).update(x25519.bytes);
  mlkem.fill(0);
  const combined = hash.update(share).update(point).update(LABEL).digest();
  try {
    return Secret.copy(combined);
  } finally {
    combined.fill(0);
  }
}
