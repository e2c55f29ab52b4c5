import { createHash, createPublicKey, ECDH, type KeyObject as NodeKey } from 'node:crypto';
import type { Enrolment, KeyAlgorithm, KeyDetails, OaepHash } from '../ports.ts';
import { RSA_KEM_STANZA } from '../stanzas/rsa-kem.ts';
import { WAYS } from './ways.ts';

/** What is known of a key without its token. With a public half it is enough to seal to it. */
export interface KnownKey {
  readonly details: KeyDetails;
  /** DER SubjectPublicKeyInfo; `null` for a secret key, or when it was not told. */
  readonly publicKey: Uint8Array | null;
  /** For an RSA key whose token decrypts in no way that the `ssh-rsa` stanza could use. */
  readonly kemHash: OaepHash | null;
}

const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 4096;

/** {@link KeyDetails.fingerprint} of a public key. */
export function fingerprintOf(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex');
}

/** DER SubjectPublicKeyInfo of a point on P-256; `null` when it is not on the curve. */
export function p256PublicKey(compressed: Uint8Array): Uint8Array | null {
  try {
    const point = ECDH.convertKey(compressed, 'prime256v1', undefined, undefined, 'uncompressed');
    return new Uint8Array(Buffer.concat([P256_SPKI, point as Buffer]));
  } catch {
    return null;
  }
}

/** The algorithm of a public key that can hold a backup; `null` for all others. */
export function pairAlgorithm(spki: Uint8Array): 'p256' | 'rsa' | null {
  const key = readPublicKey(spki);
  const { namedCurve, modulusLength = 0 } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType === 'ec') return namedCurve === 'prime256v1' ? 'p256' : null;
  if (key?.asymmetricKeyType !== 'rsa') return null;
  return modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS ? 'rsa' : null;
}

/** Whether these bytes are a public key, written in the one way in which it is written here. */
export function isCanonicalPublicKey(spki: Uint8Array): boolean {
  const key = readPublicKey(spki);
  return key?.export({ type: 'spki', format: 'der' }).equals(spki) ?? false;
}

function readPublicKey(spki: Uint8Array): NodeKey | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

export function isSecretKey(algorithm: KeyAlgorithm): algorithm is 'aes' | 'hmac' {
  return algorithm === 'aes' || algorithm === 'hmac';
}

/** What a record of enrolment tells. */
export function knownFromRecord({ details, publicKey, stanza, tried }: Enrolment): KnownKey {
  const works = (way: string): boolean => tried.some((one) => one.way === way && one.works);
  return {
    details,
    publicKey: publicKey === null ? null : new Uint8Array(Buffer.from(publicKey, 'base64')),
    kemHash: stanza !== RSA_KEM_STANZA ? null : works(WAYS.kemSha256) ? 'sha256' : 'sha1',
  };
}

/** Whether both are of the token with this label and serial number. */
export function isOfToken(
  details: KeyDetails,
  token: { readonly label: string; readonly serial: string },
): boolean {
  return details.token.label === token.label && details.token.serial === token.serial;
}
