import { tokenError } from '../errors.ts';
import type { PinGuard } from '../pin/pin-guard.ts';
import type { Enrolment, KeyDetails, RequestOptions, TokenSettings } from '../ports.ts';
import { recordsIn, type Records } from '../records/records.ts';
import { matchesToken } from '../uri/match.ts';
import type { TokenUri } from '../uri/token-uri.ts';
import { hasCode } from './has-code.ts';
import { keyEntries, type KeyEntry } from './key-entries.ts';
import { Names } from './names.ts';
import { PinGuards } from './pin-guards.ts';
import { Reach, type FoundToken, type Reached } from './reach.ts';
import { RsaWays } from './rsa-ways.ts';

/** What all questions about tokens need: modules, names, records, PINs. */
export class Access implements AsyncDisposable {
  readonly reach: Reach;
  readonly names: Names;
  readonly records: Records;
  readonly ways = new RsaWays();
  readonly #guards: PinGuards;

  constructor(settings: TokenSettings) {
    const { folder, prepareFolder } = settings;
    this.reach = new Reach(settings.modules);
    this.records = recordsIn({ folder, prepareFolder });
    this.names = new Names(settings.aliases, this.records);
    this.#guards = new PinGuards(settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reach[Symbol.asyncDispose]();
  }

  /** The one token that a URI means. Throws TOKEN_NOT_FOUND, TOKEN_AMBIGUOUS, or what the one module threw that failed. */
  async theToken(uri: TokenUri, options: RequestOptions): Promise<FoundToken> {
    const reached = await this.reach.tokens(uri, options);
    const [found] = reached.tokens;
    if (found === undefined) {
      throwTheOneFailure(reached);
      throw tokenError('TOKEN_NOT_FOUND', `there is no token${uriWords(uri)}`);
    }
    if (reached.tokens.length > 1) throw ambiguous(reached.tokens);
    return found;
  }

  /** The records, as a help to find keys: one that is damaged must not keep a backup from being opened. */
  async remembered(): Promise<readonly Enrolment[]> {
    try {
      return await this.records.list();
    } catch (error) {
      if (hasCode(error, 'TOKEN_RECORD_INVALID', 'STATE_INVALID')) return [];
      throw error;
    }
  }

  /** The keys of a token, as far as they can be seen now. */
  async look({ module, place, slot }: FoundToken, options: RequestOptions): Promise<KeyEntry[]> {
    const open = !slot.token.loginRequired || (await module.isLoggedIn(place, options));
    return keyEntries(await module.objects(place, options), open);
  }

  /** Asks for the PIN unless the token is open. */
  async logIn(
    found: FoundToken,
    key: Pick<KeyDetails, 'label' | 'id'> | null,
    uri: TokenUri | null,
    options: RequestOptions,
  ): Promise<void> {
    await this.guard(found, uri).login(found.module, found.slot, key, options);
  }

  /** With the PIN source of the URI that named the token, else of one in the configuration that means it too. */
  guard(found: FoundToken, uri: TokenUri | null): PinGuard {
    if (uri?.['pin-source'] !== undefined) return this.#guards.for(uri);
    const library = { manufacturer: '', description: '', version: '' };
    const configured = this.names
      .configured()
      .filter((one) => one['pin-source'] !== undefined)
      .find((one) => matchesToken(withoutLibrary(one), library, found.slot));
    return this.#guards.for(configured ?? {});
  }
}

export function ambiguous(tokens: readonly FoundToken[]): Error {
  const names = tokens.map(({ slot: { token } }) => `"${token.label}" (serial ${token.serial})`);
  return tokenError('TOKEN_AMBIGUOUS', `this could be any of ${names.join(', ')}`);
}

/** Nothing was found, and one module, or all for the same reason, could not be asked: that is what the user should know. */
export function throwTheOneFailure({ failures }: Reached): void {
  const [failure] = failures;
  if (failures.every(({ code }) => code === failure?.code) && failure !== undefined) throw failure;
}

function uriWords(uri: TokenUri): string {
  const words = [
    uri.token === undefined ? [] : [`label "${uri.token}"`],
    uri.serial === undefined ? [] : [`serial ${uri.serial}`],
  ].flat();
  if (words.length > 0) return ` with ${words.join(' and ')}`;
  return Object.keys(uri).length === 0 ? '' : ' that the URI would mean';
}

function withoutLibrary(uri: TokenUri): TokenUri {
  return {
    ...uri,
    'library-manufacturer': undefined,
    'library-description': undefined,
    'library-version': undefined,
  };
}
