import { ECDH } from 'node:crypto';
import { ageError, decodeBech32, encodeBech32, TagRecipient } from '@holdfast/age';
import type { KeyAlgorithm } from '../ports.ts';
import {
  fingerprintOf,
  isCanonicalPublicKey,
  isSecretKey,
  p256PublicKey,
  pairAlgorithm,
  type KnownKey,
} from './known-key.ts';

const IDENTITY_PREFIX = 'AGE-PLUGIN-HOLDFAST-';
const RECIPIENT_PREFIX = 'age1holdfast';
const VERSION = 1;
const KEY_ID_SIZE = 16;

/** The kinds by their byte: an RSA key has one for each stanza that files for it can get. */
const KINDS: readonly (Pick<KnownKey, 'kemHash'> & {
  readonly byte: number;
  readonly algorithm: KeyAlgorithm;
})[] = [
  { byte: 1, algorithm: 'p256', kemHash: null },
  { byte: 2, algorithm: 'rsa', kemHash: null },
  { byte: 3, algorithm: 'aes', kemHash: null },
  { byte: 4, algorithm: 'hmac', kemHash: null },
  { byte: 5, algorithm: 'rsa', kemHash: 'sha256' },
  { byte: 6, algorithm: 'rsa', kemHash: 'sha1' },
];

/** The line for an identity file. It names token and key, opens nothing, and holds no path and no PIN source. */
export function identityLine(key: KnownKey): string {
  return encodeBech32(IDENTITY_PREFIX, encode(key));
}

/** The same for `age -r`, for keys that no native recipient stands for. */
export function recipientLine(key: KnownKey): string {
  return encodeBech32(RECIPIENT_PREFIX, encode(key));
}

/** Throws IDENTITY_INVALID. */
export function parseIdentityLine(line: string): KnownKey {
  const bytes = decodeBech32(line, IDENTITY_PREFIX);
  const key = bytes === null ? null : decode(bytes);
  if (key === null) throw ageError('IDENTITY_INVALID', 'this is not an identity for a token');
  return key;
}

/** Takes a line that begins with `age1holdfast1`. Throws RECIPIENT_INVALID. */
export function parseRecipientLine(line: string): KnownKey {
  const bytes = decodeBech32(line, RECIPIENT_PREFIX);
  const key = bytes === null ? null : decode(bytes);
  if (key === null) throw ageError('RECIPIENT_INVALID', 'this is not a recipient for a token');
  return key;
}

function encode(key: KnownKey): Uint8Array {
  const { details, kemHash } = key;
  const kind = KINDS.find((one) => one.algorithm === details.algorithm && one.kemHash === kemHash);
  if (kind === undefined) throw new TypeError('there is no such kind of key');
  const fields = [
    publicPart(key),
    Buffer.from(details.token.label),
    Buffer.from(details.token.serial),
    Buffer.from(details.label),
    Buffer.from(details.id, 'hex'),
  ];
  return Buffer.concat([
    Uint8Array.of(VERSION, kind.byte),
    ...fields.flatMap((field) => [uint16(field.length), field]),
  ]);
}

function publicPart({ details, publicKey }: KnownKey): Uint8Array {
  if (isSecretKey(details.algorithm)) return Buffer.from(details.fingerprint, 'hex');
  if (publicKey === null) throw new TypeError('the public half of the key is not known');
  if (details.algorithm === 'rsa') return publicKey;
  const { point } = TagRecipient.fromPublicKey(publicKey);
  return ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'compressed') as Buffer;
}

/** `null` for anything that would not have been written here. */
function decode(bytes: Uint8Array): KnownKey | null {
  const [version, byte] = bytes;
  const kind = KINDS.find((one) => one.byte === byte);
  const fields = readFields(bytes.subarray(2));
  if (version !== VERSION || kind === undefined || fields?.length !== 5) return null;
  const [part, ...rest] = fields;
  const [tokenLabel, serial, label] = rest.slice(0, 3).map(readText);
  const id = rest[3];
  const key = part === undefined ? null : readPublicPart(kind.algorithm, part);
  if (typeof tokenLabel !== 'string' || typeof serial !== 'string') return null;
  if (typeof label !== 'string' || id === undefined || key === null) return null;
  return {
    details: {
      token: { label: tokenLabel, serial },
      label,
      id: Buffer.from(id).toString('hex'),
      algorithm: kind.algorithm,
      fingerprint: key.fingerprint,
    },
    publicKey: key.publicKey,
    kemHash: kind.kemHash,
  };
}

function readPublicPart(
  algorithm: KeyAlgorithm,
  part: Uint8Array,
): { readonly fingerprint: string; readonly publicKey: Uint8Array | null } | null {
  if (isSecretKey(algorithm)) {
    if (part.length !== KEY_ID_SIZE) return null;
    return { fingerprint: Buffer.from(part).toString('hex'), publicKey: null };
  }
  const publicKey = algorithm === 'rsa' ? Uint8Array.from(part) : compressed(part);
  if (publicKey === null || pairAlgorithm(publicKey) !== algorithm) return null;
  if (!isCanonicalPublicKey(publicKey)) return null;
  return { fingerprint: fingerprintOf(publicKey), publicKey };
}

function compressed(point: Uint8Array): Uint8Array | null {
  return point.length === 33 ? p256PublicKey(point) : null;
}

function readFields(bytes: Uint8Array): Uint8Array[] | null {
  const fields: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [high, low] = bytes.subarray(at, at + 2);
    if (high === undefined || low === undefined) return null;
    const end = at + 2 + high * 256 + low;
    if (end > bytes.length) return null;
    fields.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return fields;
}

function readText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function uint16(value: number): Uint8Array {
  if (value > 0xffff) throw new RangeError('a label or an id of the token is too long');
  return Uint8Array.of(value >> 8, value & 0xff);
}
