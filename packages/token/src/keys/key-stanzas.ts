import {
  ageError,
  SshRsaIdentity,
  SshRsaRecipient,
  TagIdentity,
  TagRecipient,
  type Secret,
  type Stanza,
} from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { KeyAlgorithm, MacMethod, RequestOptions } from '../ports.ts';
import {
  isForKey,
  parsePrfStanza,
  PRF_STANZA,
  prfKeyId,
  unwrapWithPrf,
  type PrfStanza,
} from '../stanzas/prf.ts';
import {
  isForPublicKey,
  parseRsaKemStanza,
  RSA_KEM_STANZA,
  unwrapWithRsaKem,
} from '../stanzas/rsa-kem.ts';
import type { KnownKey } from './known-key.ts';
import type { RsaWays } from './rsa-ways.ts';
import type { KeyOperations, TokenKey } from './token-key.ts';

const TYPES: Readonly<Record<KeyAlgorithm, readonly string[]>> = {
  p256: ['p256tag'],
  rsa: ['ssh-rsa', RSA_KEM_STANZA],
  aes: [PRF_STANZA],
  hmac: [PRF_STANZA],
};

export const MAC_METHODS: Readonly<Record<'aes' | 'hmac', MacMethod>> = {
  aes: 'aes-cmac',
  hmac: 'hmac-sha256',
};

// Made once for each key: decoding a public key takes longer than all else that is done to a stanza here.
const tagRecipients = new WeakMap<Uint8Array, TagRecipient>();
const sshRsaRecipients = new WeakMap<Uint8Array, SshRsaRecipient>();

/** Whether a stanza is of a type that some key on a token could open. */
export function isTokenStanza({ args }: Stanza): boolean {
  return Object.values(TYPES).some((types) => types.includes(args[0] ?? ''));
}

/** Whether a stanza is of the type that files for such a key have. */
export function isOfAlgorithm({ args }: Stanza, algorithm: KeyAlgorithm): boolean {
  return TYPES[algorithm].includes(args[0] ?? '');
}

/** Whether a stanza bears the tag of a key, which takes no token to tell. Throws AGE_HEADER_INVALID. */
export function isStanzaFor(stanza: Stanza, { details, publicKey }: KnownKey): boolean {
  switch (details.algorithm) {
    case 'p256':
      return publicKey !== null && tagRecipient(publicKey).matches(stanza);
    case 'rsa': {
      if (publicKey === null) return false;
      const kem = parseRsaKemStanza(stanza);
      if (kem !== null) return isForPublicKey(kem, publicKey);
      return sshRsaRecipient(publicKey).matches(stanza);
    }
    case 'aes':
    case 'hmac':
      return prfStanzaFor(stanza, details.algorithm, details.fingerprint) !== null;
  }
}

/** The file key, by operations on the token. Throws AGE_HEADER_INVALID for stanzas of this key that do not open. */
export async function unwrapStanzas(
  key: TokenKey,
  operations: KeyOperations,
  stanzas: readonly Stanza[],
  ways: RsaWays,
  options: RequestOptions,
): Promise<Secret | null> {
  const { details, publicKey } = key.known;
  if (details.algorithm === 'aes' || details.algorithm === 'hmac') {
    return await unwrapPrf(key, operations, stanzas);
  }
  if (publicKey === null) return null;
  if (details.algorithm === 'p256') {
    const identity = new TagIdentity(tagRecipient(publicKey), operations.agree);
    return await identity.unwrapFileKey(stanzas, options);
  }
  for (const stanza of stanzas) {
    const kem = parseRsaKemStanza(stanza);
    if (kem === null || !isForPublicKey(kem, publicKey)) continue;
    const fileKey = await unwrapWithRsaKem(
      kem,
      publicKey,
      async (hash, ciphertext) =>
        await operations.decrypt({ kind: 'oaep', hash, label: null }, ciphertext),
    );
    if (fileKey !== null) return fileKey;
    throw altered(stanza);
  }
  const identity = new SshRsaIdentity(
    sshRsaRecipient(publicKey),
    async (ciphertext) => await ways.decrypt(key, operations, ciphertext, options),
  );
  return await identity.unwrapFileKey(stanzas, options);
}

async function unwrapPrf(
  { known: { details } }: TokenKey,
  { mac }: KeyOperations,
  stanzas: readonly Stanza[],
): Promise<Secret | null> {
  const algorithm = details.algorithm === 'aes' ? 'aes' : 'hmac';
  const method = MAC_METHODS[algorithm];
  for (const stanza of stanzas) {
    const prf = prfStanzaFor(stanza, algorithm, details.fingerprint);
    if (prf === null) continue;
    const fileKey = await unwrapWithPrf(prf, async (message) => await mac(method, message));
    if (fileKey !== null) return fileKey;
    await assertKeyId(details.fingerprint, method, mac);
    throw altered(stanza);
  }
  return null;
}

/** Throws KEY_MISMATCH unless the key on the token is the one that has this id. */
export async function assertKeyId(
  fingerprint: string,
  method: MacMethod,
  mac: KeyOperations['mac'],
): Promise<void> {
  const keyId = await prfKeyId(method, async (message) => await mac(method, message));
  if (Buffer.from(keyId).toString('hex') === fingerprint) return;
  throw tokenError('KEY_MISMATCH', 'the key of this name on the token is another one');
}

function prfStanzaFor(
  stanza: Stanza,
  algorithm: 'aes' | 'hmac',
  fingerprint: string,
): PrfStanza | null {
  const prf = parsePrfStanza(stanza);
  if (prf?.method !== MAC_METHODS[algorithm]) return null;
  return isForKey(prf, Buffer.from(fingerprint, 'hex')) ? prf : null;
}

function altered(cause: Stanza): Error {
  const message = 'a stanza bears the tag of this key but was altered';
  return ageError('AGE_HEADER_INVALID', message, { cause });
}

function tagRecipient(publicKey: Uint8Array): TagRecipient {
  const known = tagRecipients.get(publicKey);
  if (known !== undefined) return known;
  const recipient = TagRecipient.fromPublicKey(publicKey);
  tagRecipients.set(publicKey, recipient);
  return recipient;
}

function sshRsaRecipient(publicKey: Uint8Array): SshRsaRecipient {
  const known = sshRsaRecipients.get(publicKey);
  if (known !== undefined) return known;
  const recipient = SshRsaRecipient.fromPublicKey(publicKey);
  sshRsaRecipients.set(publicKey, recipient);
  return recipient;
}
