import { throwIfCancelled } from '../cancel.ts';
import { ageError } from '../error.ts';
import type { Identity } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { parseHeader, type Header } from './header.ts';
import { verifyHeaderMac } from './mac.ts';

const FILE_KEY_SIZE = 16;

/**
 * Decrypts a header alone: the file key, after the MAC was verified; the caller's to dispose.
 * Identities are tried in order. Throws NO_IDENTITY_MATCHED, which names the kinds of stanzas seen,
 * NOT_AGE, AGE_HEADER_INVALID, AGE_HEADER_MAC_MISMATCH, WORK_FACTOR_TOO_HIGH, CANCELLED.
 */
export async function unwrapHeader(
  header: Header | Uint8Array,
  identities: readonly Identity[],
  options?: { readonly signal?: AbortSignal | undefined },
): Promise<Secret> {
  // Parsed again, so that what the identities see is what the MAC covers.
  const parsed = parseHeader(header instanceof Uint8Array ? header : header.bytes);
  for (const identity of identities) {
    throwIfCancelled(options?.signal);
    const fileKey = await identity.unwrapFileKey(parsed.stanzas, options);
    if (fileKey === null) continue;
    try {
      throwIfCancelled(options?.signal);
      if (fileKey.bytes.length !== FILE_KEY_SIZE) {
        throw ageError('AGE_HEADER_INVALID', 'the header holds something other than a file key');
      }
      verifyHeaderMac(parsed, fileKey);
      return fileKey;
    } catch (error) {
      fileKey[Symbol.dispose]();
      throw error;
    }
  }
  const kinds = [...new Set(parsed.stanzas.map(({ args }) => args[0] ?? ''))];
  // Grease and strangers' stanzas can be many and long.
  const shown = kinds.slice(0, 8).map((kind) => kind.slice(0, 64));
  const more = kinds.length > shown.length ? ', …' : '';
  const message = `no identity given opens this file, which is for: ${shown.join(', ')}${more}`;
  throw ageError('NO_IDENTITY_MATCHED', message);
}
