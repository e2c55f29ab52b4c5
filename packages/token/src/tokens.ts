import { TagRecipient, type Recipient } from '@holdfast/age';
import { Access } from './keys/access.ts';
import { enrolment, proofOf } from './keys/enrol.ts';
import { findKey } from './keys/find-key.ts';
import { generateOn } from './keys/generate-key.ts';
import { HeldIdentity } from './keys/held-identity.ts';
import { identityLine, parseIdentityLine, parseRecipientLine } from './keys/key-line.ts';
import { knownFromRecord, type KnownKey } from './keys/known-key.ts';
import { recipientOf, type NamedRecipient } from './keys/recipients.ts';
import { reportToken } from './keys/report-token.ts';
import { wantedKey } from './keys/wanted-key.ts';
import type { TokenKey } from './keys/token-key.ts';
import type { PresentKey, RequestOptions, SealingKey, Tokens, TokenSettings } from './ports.ts';

/** Opens nothing yet: modules are started when they are first asked. */
export function openTokens(settings: TokenSettings): Tokens {
  const access = new Access(settings);

  function present(key: TokenKey): PresentKey {
    const { found, known } = key;
    return {
      details: known.details,
      claims: key.claims,
      module: found.module.path,
      slot: found.slot,
      recipient: recipientOf(known, async () => key),
      identity: new HeldIdentity(access, { known, strict: true, only: null, first: key }),
    };
  }

  async function find(name: string, options: RequestOptions = {}): Promise<PresentKey> {
    return present(await findKey(access, await access.names.resolve(name), options));
  }

  /** A secret key takes part in wrapping: its token is looked for by then. */
  function recipientFor(known: KnownKey): NamedRecipient {
    let key: Promise<TokenKey> | null = null;
    return recipientOf(known, async (options) => {
      key ??= wantedKey(access, known, options);
      return await key.catch((error: unknown) => {
        key = null;
        throw error;
      });
    });
  }

  async function sealingKey(name: string, options: RequestOptions = {}): Promise<SealingKey> {
    const named = await access.names.resolve(name);
    if (named.enrolment === null) return present(await findKey(access, named, options));
    const known = knownFromRecord(named.enrolment);
    const { details, claims } = named.enrolment;
    return { details, claims, recipient: recipientFor(known) };
  }

  return {
    find,
    sealingKey,
    startAfresh: async () => await access.reach.restart(),
    list: async (options = {}) => await access.reach.report(options),
    show: async (name, { login = false, ...options } = {}) =>
      await reportToken(access, await access.names.resolve(name), login, options),
    identity: (wanted, { only } = {}) => {
      const known = wanted === null ? null : { details: wanted, publicKey: null, kemHash: null };
      return new HeldIdentity(access, { known, strict: false, only: only ?? null, first: null });
    },
    generateKey: async (name, key, options = {}) =>
      present(await generateOn(access, await access.names.resolve(name), key, options)),
    enroll: async (alias, name, { replace = false, ...options } = {}) =>
      await enrolment(access, { alias, name, replace }, options),
    test: async (name, options = {}) => await proofOf(access, name, options),
    enrolments: async () => await access.records.list(),
    forget: async (alias) => await access.records.remove(alias),
    async identityLine(name, options = {}) {
      const named = await access.names.resolve(name);
      if (named.enrolment !== null) return identityLine(knownFromRecord(named.enrolment));
      return identityLine((await findKey(access, named, options)).known);
    },
    fromIdentityLine(line) {
      const known = parseIdentityLine(line);
      const wanted = { known, strict: true, only: null, first: null };
      return {
        identity: new HeldIdentity(access, wanted),
        recipient: recipientFor(known),
        details: known.details,
      };
    },
    fromRecipientLine(line): Recipient {
      if (line.startsWith('age1tag1')) return TagRecipient.parse(line);
      return recipientFor(parseRecipientLine(line));
    },
    [Symbol.asyncDispose]: async () => await access[Symbol.asyncDispose](),
  };
}
