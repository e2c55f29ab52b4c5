import { SshRsaRecipient, TagRecipient, type Recipient, type Stanza } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { RequestOptions } from '../ports.ts';
import { wrapWithPrf } from '../stanzas/prf.ts';
import { wrapWithRsaKem } from '../stanzas/rsa-kem.ts';
import { recipientLine } from './key-line.ts';
import { isSecretKey, type KnownKey } from './known-key.ts';
import { assertKeyId, MAC_METHODS } from './key-stanzas.ts';
import type { TokenKey } from './token-key.ts';

/** A recipient that says what `age -r` takes. */
export type NamedRecipient = Recipient & { toString(): string };

/** `access` finds the token of a secret key, which takes part in wrapping; keys with a public half never need it. */
export function recipientOf(
  known: KnownKey,
  access: (options: RequestOptions) => Promise<TokenKey>,
): NamedRecipient {
  const { details, publicKey, kemHash } = known;
  if (isSecretKey(details.algorithm)) return new PrfRecipient(known, access);
  if (publicKey === null) {
    const message = `the token "${details.token.label}" shows no public half of the key`;
    throw tokenError('KEY_UNUSABLE', message);
  }
  if (details.algorithm === 'p256') return TagRecipient.fromPublicKey(publicKey);
  if (kemHash === null) return SshRsaRecipient.fromPublicKey(publicKey);
  return {
    wrapFileKey: async (fileKey) => [wrapWithRsaKem(fileKey, publicKey, kemHash)],
    toString: () => recipientLine(known),
  };
}

/** Wraps on the token: nobody without it can seal to a secret key. */
class PrfRecipient implements Recipient {
  readonly #known: KnownKey;
  readonly #access: (options: RequestOptions) => Promise<TokenKey>;
  #checked: TokenKey | null = null;

  constructor(known: KnownKey, access: (options: RequestOptions) => Promise<TokenKey>) {
    this.#known = known;
    this.#access = access;
  }

  async wrapFileKey(fileKey: Uint8Array, options: RequestOptions = {}): Promise<Stanza[]> {
    const { algorithm, fingerprint } = this.#known.details;
    const method = MAC_METHODS[algorithm === 'aes' ? 'aes' : 'hmac'];
    const key = await this.#access(options);
    return await key.use(async (operations) => {
      const mac = async (message: Uint8Array) => await operations.mac(method, message);
      // A tag of one key over a file key that another one wrapped could never be opened.
      if (this.#checked !== key) await assertKeyId(fingerprint, method, operations.mac);
      this.#checked = key;
      const keyId = Buffer.from(fingerprint, 'hex');
      return [await wrapWithPrf(fileKey, { method, keyId, mac })];
    }, options);
  }

  toString(): string {
    return recipientLine(this.#known);
  }
}
