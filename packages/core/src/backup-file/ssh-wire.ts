import { createPublicKey, type KeyObject } from 'node:crypto';

/** The binary forms of OpenSSH for Ed25519 (RFC 4251 section 5, RFC 8709). */

const KEY_TYPE = 'ssh-ed25519';

/** A `string` of RFC 4251: its length in four bytes, then the bytes. */
export function wireString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The public key blob, from the 32 raw bytes. */
export function publicKeyBlob(raw: Uint8Array): Buffer {
  return Buffer.concat([wireString(KEY_TYPE), wireString(raw)]);
}

/** `ssh-ed25519 AAAA…`, from the 32 raw bytes. */
export function publicKeyText(raw: Uint8Array): string {
  return `${KEY_TYPE} ${publicKeyBlob(raw).toString('base64')}`;
}

/** The 32 raw bytes, or `null` unless the text is exactly `ssh-ed25519` and a canonical blob. */
export function parsePublicKeyText(text: string): Buffer | null {
  const [type, base64, more] = text.split(' ');
  if (type !== KEY_TYPE || base64 === undefined || more !== undefined) return null;
  const raw = Buffer.from(base64, 'base64').subarray(-32);
  return raw.length === 32 && publicKeyText(raw) === text ? raw : null;
}

/** The 32 raw bytes of an Ed25519 key, private or public. */
export function rawPublicKey(key: KeyObject): Buffer {
  const publicHalf = key.type === 'private' ? createPublicKey(key) : key;
  const { x } = publicHalf.export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}

export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
