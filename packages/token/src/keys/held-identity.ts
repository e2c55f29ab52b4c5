import type { Identity, Secret, Stanza } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { RequestOptions } from '../ports.ts';
import { ambiguous, throwTheOneFailure, type Access } from './access.ts';
import {
  candidatesOf,
  isMismatch,
  lookAtAll,
  mayBeHidden,
  secretCandidates,
  type Candidate,
  type Question,
} from './candidates.ts';
import { hasCode } from './has-code.ts';
import { isStanzaFor, isTokenStanza, unwrapStanzas } from './key-stanzas.ts';
import { isOfToken, type KnownKey } from './known-key.ts';
import type { TokenKey } from './token-key.ts';
import { Turns } from './turns.ts';

/** What the one who opens knows of the key. */
export interface Wanted {
  readonly known: KnownKey | null;
  /** Opens with no other key. */
  readonly strict: boolean;
  /** An alias or URI that narrows it. */
  readonly only: string | null;
  /** A key that was found before. */
  readonly first: TokenKey | null;
}

/** Opens with keys of the tokens that are here. What was found and served is used again without another look. */
export class HeldIdentity implements Identity {
  readonly #access: Access;
  readonly #wanted: Wanted;
  readonly #turns = new Turns();
  #held: readonly TokenKey[];

  constructor(access: Access, wanted: Wanted) {
    this.#access = access;
    this.#wanted = wanted;
    this.#held = wanted.first === null ? [] : [wanted.first];
  }

  async unwrapFileKey(
    stanzas: readonly Stanza[],
    options: RequestOptions = {},
  ): Promise<Secret | null> {
    const ours = stanzas.filter(isTokenStanza);
    if (ours.length === 0) return null;
    const held = this.#heldFor(ours);
    if (held !== null) return await this.#unwrapHeld(held, ours, options);
    return await this.#turns.take(async () => {
      // Whoever came before may have found it.
      const other = this.#heldFor(ours);
      if (other !== null) return await this.#unwrapHeld(other, ours, options);
      const key = await this.#locate(ours, options);
      if (key === null) return null;
      const fileKey = await this.#unwrap(key, ours, options);
      if (fileKey !== null) this.#held = [...this.#held, key];
      return fileKey;
    });
  }

  #heldFor(stanzas: readonly Stanza[]): TokenKey | null {
    return (
      this.#held.find((key) => stanzas.some((stanza) => isStanzaFor(stanza, key.known))) ?? null
    );
  }

  async #unwrap(
    key: TokenKey,
    stanzas: readonly Stanza[],
    options: RequestOptions,
  ): Promise<Secret | null> {
    const { ways } = this.#access;
    return await key.use(
      async (operations) => await unwrapStanzas(key, operations, stanzas, ways, options),
      options,
    );
  }

  /** A token that was taken out meanwhile, and is back, is looked for once; but not if that would take its PIN. */
  async #unwrapHeld(
    held: TokenKey,
    stanzas: readonly Stanza[],
    options: RequestOptions,
  ): Promise<Secret | null> {
    try {
      return await this.#unwrap(held, stanzas, options);
    } catch (error) {
      if (!hasCode(error, 'TOKEN_REMOVED', 'KEY_NOT_FOUND', 'MODULE_CRASHED', 'MODULE_TIMEOUT')) {
        throw error;
      }
      this.#held = this.#held.filter((key) => key !== held);
      if (!hasCode(error, 'TOKEN_REMOVED')) throw error;
      const again = await this.#locate(stanzas, options).catch(() => null);
      if (again === null || (await again.needsPin(options).catch(() => true))) throw error;
      const fileKey = await this.#unwrap(again, stanzas, options);
      this.#held = [...this.#held, again];
      return fileKey;
    }
  }

  /** The key that one of the stanzas is for. Asks for a PIN only where nothing but a login can tell. */
  async #locate(stanzas: readonly Stanza[], options: RequestOptions): Promise<TokenKey | null> {
    const access = this.#access;
    const { known: wanted, strict, only: name } = this.#wanted;
    const named = name === null ? null : await access.names.resolve(name);
    const only = named?.uri ?? null;
    const records = await access.remembered();
    const question: Question = { stanzas, wanted, strict, only, records };
    const reached = await access.reach.tokens(only ?? {}, options);
    const { looks, failures } = await lookAtAll(access, reached.tokens, options);
    const shown = looks.flatMap((look) => candidatesOf(access, look, question));
    if (shown.length > 0) return this.#choose(shown);
    if (looks.some((look) => isMismatch(look, question))) {
      const label = wanted?.details.label ?? '';
      const message = `the token is the right one, but its key "${label}" is another one`;
      throw tokenError('KEY_MISMATCH', message);
    }
    const hidden = looks.filter((look) => mayBeHidden(look, question));
    const [look] = hidden;
    if (look !== undefined && hidden.length === 1) {
      await access.logIn(look.found, wanted?.details ?? null, only, options);
      const open = { found: look.found, entries: await access.look(look.found, options) };
      const pairs = candidatesOf(access, open, question);
      const found = [...pairs, ...(await secretCandidates(access, open, question, options))];
      if (found.length > 0) return this.#choose(found);
    }
    if (looks.length === 0 && (access.reach.modulesGiven || reached.tokens.length > 0)) {
      throwTheOneFailure({ tokens: [], failures: [...reached.failures, ...failures] });
    }
    if (strict && wanted !== null) assertNotFor(stanzas, wanted);
    return null;
  }

  /** Several keys can only be told apart by what is wanted; on one token the first stanza decides. */
  #choose(candidates: readonly Candidate[]): TokenKey {
    const usable = candidates.filter(({ unusable }) => unusable === null);
    const wanted = this.#wanted.known?.details;
    const exact = usable.filter(
      ({ key: { found } }) => wanted !== undefined && isOfToken(wanted, found.place),
    );
    const rest = exact.length > 0 ? exact : usable;
    const tokens = new Set(rest.map(({ key }) => key.found));
    if (tokens.size > 1) throw ambiguous([...tokens]);
    const same = rest.filter(({ key }) => key.known.details.fingerprint === wanted?.fingerprint);
    const [first] = (same.length > 0 ? same : rest).toSorted((a, b) => a.stanza - b.stanza);
    if (first !== undefined) return first.key;
    const names = candidates.map(
      ({ key, unusable }) => `"${key.known.details.label}" cannot serve: ${unusable ?? ''}`,
    );
    throw tokenError('KEY_UNUSABLE', `the key ${names.join('; ')}`);
  }
}

/** A key that is known opens what bears its tag: its token has to be inserted. */
function assertNotFor(stanzas: readonly Stanza[], known: KnownKey): void {
  if (!stanzas.some((stanza) => isStanzaFor(stanza, known))) return;
  const { label, serial } = known.details.token;
  throw tokenError('TOKEN_NOT_FOUND', `the token "${label}" (serial ${serial}) is not here`);
}
