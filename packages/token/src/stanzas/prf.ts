import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  ageError,
  decodeBase64,
  encodeBase64,
  openFileKey,
  sealFileKey,
  Secret,
  type Stanza,
} from '@holdfast/age';
import type { MacMethod, RequestOptions } from '../ports.ts';

export const PRF_STANZA = 'holdfast/p11-prf-v1';

const SALT_SIZE = 32;
const TAG_SIZE = 4;
/** A file key and its tag. */
const BODY_SIZE = 32;
const KEY_ID_SIZE = 16;

/** A secret key on a token: a MAC over `message` is all that it is asked for. */
export type MacPort = (message: Uint8Array, options?: RequestOptions) => Promise<Secret>;

/** What a PRF stanza says, after it was found to be one. */
export interface PrfStanza {
  readonly tag: Uint8Array;
  readonly method: MacMethod;
  readonly salt: Uint8Array;
  readonly body: Uint8Array;
}

/** `null` for a stanza of another type. Throws AGE_HEADER_INVALID. */
export function parsePrfStanza(stanza: Stanza): PrfStanza | null {
  const { args, body } = stanza;
  const [type, tag, method, salt] = args;
  if (type !== PRF_STANZA) return null;
  const tagBytes = decodeBase64(tag ?? '');
  const saltBytes = decodeBase64(salt ?? '');
  if (
    args.length !== 4 ||
    tagBytes?.length !== TAG_SIZE ||
    saltBytes?.length !== SALT_SIZE ||
    body.length !== BODY_SIZE ||
    (method !== 'hmac-sha256' && method !== 'aes-cmac')
  ) {
    const message = `a ${PRF_STANZA} stanza of the header is malformed`;
    throw ageError('AGE_HEADER_INVALID', message, { cause: stanza });
  }
  return { tag: tagBytes, method, salt: saltBytes, body };
}

/** Wraps with the key of `keyId`. Two MACs on the token for AES, one for HMAC. */
export async function wrapWithPrf(
  fileKey: Uint8Array,
  key: { readonly method: MacMethod; readonly keyId: Uint8Array; readonly mac: MacPort },
  options?: RequestOptions,
): Promise<Stanza> {
  const salt = randomBytes(SALT_SIZE);
  using wrapKey = await openWrapKey(key, salt, options);
  const tag = prfTag(salt, key.keyId);
  return {
    args: [PRF_STANZA, encodeBase64(tag), key.method, encodeBase64(salt)],
    body: sealFileKey(wrapKey.bytes, fileKey),
  };
}

/** `null` when it does not open: another key, or a changed stanza. Throws AGE_HEADER_INVALID. */
export async function unwrapWithPrf(
  stanza: PrfStanza,
  mac: MacPort,
  options?: RequestOptions,
): Promise<Secret | null> {
  using wrapKey = await openWrapKey({ method: stanza.method, mac }, stanza.salt, options);
  return openFileKey(wrapKey.bytes, stanza.body);
}

/** Whether a stanza says that it is for the key that has this id. */
export function isForKey({ salt, tag }: PrfStanza, keyId: Uint8Array): boolean {
  return timingSafeEqual(prfTag(salt, keyId), tag);
}

/** The 16 public bytes that tell a secret key, which has no public half to tell it by. */
export async function prfKeyId(
  method: MacMethod,
  mac: MacPort,
  options?: RequestOptions,
): Promise<Uint8Array> {
  using value = await openPrf(method, mac, Buffer.from(`${PRF_STANZA}/key-id`), options);
  return Uint8Array.from(value.bytes.subarray(0, KEY_ID_SIZE));
}

/** Tells a stanza's key to whoever knows the key's id, and nothing to others: the salt is fresh. */
function prfTag(salt: Uint8Array, keyId: Uint8Array): Uint8Array {
  const hmac = createHmac('sha256', `${PRF_STANZA}/tag`).update(salt).update(keyId);
  return hmac.digest().subarray(0, TAG_SIZE);
}

async function openWrapKey(
  { method, mac }: { readonly method: MacMethod; readonly mac: MacPort },
  salt: Uint8Array,
  options: RequestOptions | undefined,
): Promise<Secret> {
  const message = Buffer.concat([Buffer.from(PRF_STANZA), salt]);
  using value = await openPrf(method, mac, message, options);
  return Secret.take(new Uint8Array(hkdfSync('sha256', value.bytes, salt, PRF_STANZA, 32)));
}

/** 32 bytes. CMAC gives 16 at a time, so it is asked twice with a counter before the message. */
async function openPrf(
  method: MacMethod,
  mac: MacPort,
  message: Uint8Array,
  options: RequestOptions | undefined,
): Promise<Secret> {
  if (method === 'hmac-sha256') return await mac(message, options);
  using first = await mac(Buffer.concat([Uint8Array.of(1), message]), options);
  using second = await mac(Buffer.concat([Uint8Array.of(2), message]), options);
  const both = new Uint8Array(32);
  both.set(first.bytes);
  both.set(second.bytes, 16);
  return Secret.take(both);
}
