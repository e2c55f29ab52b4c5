import { createPublicKey, type KeyObject } from 'node:crypto';
import { decodePaddedBase64, encodePaddedBase64 } from '../encoding/base64.ts';
import { concat } from '../encoding/concat.ts';

/** An RSA public key, and the form in which SSH knows it (RFC 4253 §6.6). */
export interface SshRsaKey {
  readonly publicKey: KeyObject;
  readonly wire: Uint8Array;
}

const TYPE = 'ssh-rsa';

/** Reads `ssh-rsa AAAA…`, with or without a comment. Returns `null` for anything else. */
export function parseSshRsaLine(line: string): SshRsaKey | null {
  const [type, text] = line.split(' ');
  const wire = type === TYPE && text !== undefined ? decodePaddedBase64(text) : null;
  if (wire === null) return null;
  const [name, e, n, ...rest] = readStrings(wire) ?? [];
  if (name === undefined || e === undefined || n === undefined || rest.length > 0) return null;
  const key = publicKeyFrom(e, n);
  // Only the one encoding of these numbers: its digest names the key.
  return key !== null && Buffer.from(key.wire).equals(wire) ? key : null;
}

export function formatSshRsaLine(key: SshRsaKey): string {
  return `${TYPE} ${encodePaddedBase64(key.wire)}`;
}

/** From DER SubjectPublicKeyInfo. Returns `null` for anything but an RSA key. */
export function sshRsaKeyFromSpki(spki: Uint8Array): SshRsaKey | null {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return publicKey.asymmetricKeyType === 'rsa' ? { publicKey, wire: wireOf(publicKey) } : null;
  } catch {
    return null;
  }
}

function publicKeyFrom(e: Uint8Array, n: Uint8Array): SshRsaKey | null {
  try {
    const jwk = { kty: 'RSA', e: numberOf(e), n: numberOf(n) };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    return { publicKey, wire: wireOf(publicKey) };
  } catch {
    return null;
  }
}

function wireOf(publicKey: KeyObject): Uint8Array {
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  const numbers = [e, n].map((number) => mpint(Buffer.from(number, 'base64url')));
  return concat([Buffer.from(TYPE), ...numbers].flatMap((part) => [uint32(part.length), part]));
}

/** RFC 4251 §5: a leading zero keeps a number from being negative. */
function mpint(number: Uint8Array): Uint8Array {
  return (number[0] ?? 0) & 0x80 ? concat([Uint8Array.of(0), number]) : number;
}

function numberOf(mpint: Uint8Array): string {
  return Buffer.from(mpint[0] === 0 ? mpint.subarray(1) : mpint).toString('base64url');
}

function readStrings(wire: Uint8Array): Uint8Array[] | null {
  const buffer = Buffer.from(wire);
  const strings: Uint8Array[] = [];
  for (let at = 0; at < buffer.length;) {
    if (at + 4 > buffer.length) return null;
    const end = at + 4 + buffer.readUInt32BE(at);
    if (end > buffer.length) return null;
    strings.push(buffer.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
