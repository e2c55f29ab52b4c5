import { once } from './encoding/byte-source.ts';
import { concat } from './encoding/concat.ts';
import { wrapHeader } from './header/wrap.ts';
import { sealStream } from './payload/index.ts';
import type { Recipient } from './ports.ts';
import { Secret } from './secret.ts';

const FILE_KEY_SIZE = 16;

/**
 * Encrypts to all of `recipients`, each of whom can open the file alone (C2SP age). `plaintext` stays
 * the caller's to wipe. Throws RECIPIENTS_INCOMPATIBLE, RECIPIENT_INVALID, CANCELLED.
 */
export async function encrypt(
  plaintext: Uint8Array,
  recipients: readonly Recipient[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await Array.fromAsync(encryptStream(once(plaintext), recipients, options));
  return concat(parts);
}

/**
 * Encrypts what `source` yields as it is pulled: first the header, then a chunk at a time. Each
 * result is the caller's. Throws as {@link encrypt} does, and what `source` throws.
 */
export async function* encryptStream(
  source: AsyncIterable<Uint8Array>,
  recipients: readonly Recipient[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  using fileKey = Secret.random(FILE_KEY_SIZE);
  const header = await wrapHeader(fileKey, recipients, options);
  yield header.bytes;
  yield* sealStream(source, fileKey, options);
}
