import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concat } from '../encoding/concat.ts';
import { ageError } from '../error.ts';
import { Secret } from '../secret.ts';

const TAG_SIZE = 16;
const FILE_KEY_SIZE = 16;

/** Every native stanza's body: a file key and its tag. */
const WRAPPED_SIZE = FILE_KEY_SIZE + TAG_SIZE;

/** Keys here serve once, so the nonce of the native recipients is zero (C2SP age, "ChaCha20-Poly1305"). */
const ZERO_NONCE = new Uint8Array(12);

export function wrapWithAead(
  wrapKey: Uint8Array,
  fileKey: Uint8Array,
  nonce: Uint8Array = ZERO_NONCE,
): Uint8Array {
  const cipher = createCipheriv('chacha20-poly1305', wrapKey, nonce, { authTagLength: TAG_SIZE });
  return concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Returns `null` when `wrapKey` is not the one. The length is checked first: a body with a long file
 * key could be made to open under many keys at once (a partitioning oracle).
 */
export function unwrapWithAead(
  wrapKey: Uint8Array,
  body: Uint8Array,
  nonce: Uint8Array = ZERO_NONCE,
): Secret | null {
  assertWrappedSize(body);
  const cipher = createDecipheriv('chacha20-poly1305', wrapKey, nonce, { authTagLength: TAG_SIZE });
  cipher.setAuthTag(body.subarray(FILE_KEY_SIZE));
  const opened = cipher.update(body.subarray(0, FILE_KEY_SIZE));
  try {
    cipher.final();
    return Secret.copy(opened);
  } catch {
    return null;
  } finally {
    opened.fill(0);
  }
}

/** Every identity asks this of a stanza of its type before it spends any secret on it. */
export function assertWrappedSize(body: Uint8Array, options?: ErrorOptions): void {
  if (body.length !== WRAPPED_SIZE) {
    throw ageError('AGE_HEADER_INVALID', 'a stanza holds something other than a file key', options);
  }
}
