import type { RequestOptions } from '../ports.ts';
import { prfKeyId } from '../stanzas/prf.ts';
import type { Access } from './access.ts';
import { algorithmOf, type KeyEntry } from './key-entries.ts';
import { MAC_METHODS } from './key-stanzas.ts';
import { isSecretKey, type KnownKey } from './known-key.ts';
import type { FoundToken } from './reach.ts';
import { TokenKey } from './token-key.ts';
import type { TokenUri } from '../uri/token-uri.ts';

/**
 * What a secret key is known by, which its token has to compute: takes a login. `null` for a key of another
 * kind. `uri` is what the user gave to name the token.
 */
export async function identifySecretKey(
  access: Access,
  found: FoundToken,
  entry: KeyEntry,
  uri: TokenUri | null,
  options: RequestOptions,
): Promise<KnownKey | null> {
  const algorithm = algorithmOf(entry);
  if (algorithm === null || !isSecretKey(algorithm)) return null;
  const { label, serial } = found.place;
  const details = { token: { label, serial }, label: entry.label, id: entry.id, algorithm };
  const unnamed = { details: { ...details, fingerprint: '' }, publicKey: null, kemHash: null };
  const method = MAC_METHODS[algorithm];
  const keyId = await new TokenKey(found, unnamed, entry, access.guard(found, uri)).use(
    async ({ mac }) => await prfKeyId(method, async (message) => await mac(method, message)),
    options,
  );
  return { ...unnamed, details: { ...details, fingerprint: Buffer.from(keyId).toString('hex') } };
}
