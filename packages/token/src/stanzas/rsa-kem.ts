import { createHash, createPublicKey, hkdfSync, publicEncrypt, timingSafeEqual } from 'node:crypto';
import {
  ageError,
  decodeBase64,
  encodeBase64,
  openFileKey,
  sealFileKey,
  Secret,
  type Stanza,
} from '@holdfast/age';
import type { OaepHash, RequestOptions } from '../ports.ts';

export const RSA_KEM_STANZA = 'holdfast/rsa-kem-v1';

const TAG_SIZE = 4;
/** A file key and its tag. */
const BODY_SIZE = 32;
const SEED_SIZE = 32;

/** OAEP decryption with this hash and no label. */
export type OaepPort = (
  hash: OaepHash,
  ciphertext: Uint8Array,
  options?: RequestOptions,
) => Promise<Secret>;

/** What an RSA-KEM stanza says, after it was found to be one. */
export interface RsaKemStanza {
  readonly tag: Uint8Array;
  readonly hash: OaepHash;
  readonly ciphertext: Uint8Array;
  readonly body: Uint8Array;
}

/** `null` for a stanza of another type. Throws AGE_HEADER_INVALID. */
export function parseRsaKemStanza(stanza: Stanza): RsaKemStanza | null {
  const { args, body } = stanza;
  const [type, tag, hash, encapsulated] = args;
  if (type !== RSA_KEM_STANZA) return null;
  const tagBytes = decodeBase64(tag ?? '');
  const ciphertext = decodeBase64(encapsulated ?? '');
  if (
    args.length !== 4 ||
    tagBytes?.length !== TAG_SIZE ||
    ciphertext === null ||
    ciphertext.length < 256 ||
    ciphertext.length > 512 ||
    body.length !== BODY_SIZE ||
    (hash !== 'sha1' && hash !== 'sha256')
  ) {
    const message = `a ${RSA_KEM_STANZA} stanza of the header is malformed`;
    throw ageError('AGE_HEADER_INVALID', message, { cause: stanza });
  }
  return { tag: tagBytes, hash, ciphertext, body };
}

/** For tokens whose OAEP takes no label, or SHA-1 only, so that the `ssh-rsa` stanza is beyond them. */
export function wrapWithRsaKem(fileKey: Uint8Array, spki: Uint8Array, hash: OaepHash): Stanza {
  using seed = Secret.random(SEED_SIZE);
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  const ciphertext = publicEncrypt({ key, oaepHash: hash }, seed.bytes);
  using wrapKey = openWrapKey(seed, ciphertext, spki);
  return {
    args: [RSA_KEM_STANZA, encodeBase64(rsaKemTag(spki)), hash, encodeBase64(ciphertext)],
    body: sealFileKey(wrapKey.bytes, fileKey),
  };
}

/** `null` when it does not open: the stanza was changed. Throws AGE_HEADER_INVALID. */
export async function unwrapWithRsaKem(
  { hash, ciphertext, body }: RsaKemStanza,
  spki: Uint8Array,
  decrypt: OaepPort,
  options?: RequestOptions,
): Promise<Secret | null> {
  using seed = await decrypt(hash, ciphertext, options);
  using wrapKey = openWrapKey(seed, ciphertext, spki);
  return openFileKey(wrapKey.bytes, body);
}

/** Whether a stanza says that it is for this public key. */
export function isForPublicKey({ tag }: RsaKemStanza, spki: Uint8Array): boolean {
  return timingSafeEqual(rsaKemTag(spki), tag);
}

function rsaKemTag(spki: Uint8Array): Uint8Array {
  return createHash('sha256').update(spki).digest().subarray(0, TAG_SIZE);
}

function openWrapKey(seed: Secret, ciphertext: Uint8Array, spki: Uint8Array): Secret {
  const salt = Buffer.concat([ciphertext, createHash('sha256').update(spki).digest()]);
  return Secret.take(new Uint8Array(hkdfSync('sha256', seed.bytes, salt, RSA_KEM_STANZA, 32)));
}
