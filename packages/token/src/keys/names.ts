import { tokenError } from '../errors.ts';
import type { Enrolment, TokenSettings } from '../ports.ts';
import type { Records } from '../records/records.ts';
import { parseTokenUri } from '../uri/parse.ts';
import type { TokenUri } from '../uri/token-uri.ts';
import { hasCode } from './has-code.ts';

/** What the user has named: by URI, by an alias of the configuration, or by one of enrolment. */
export interface NamedKey {
  readonly name: string;
  readonly uri: TokenUri;
  /** The record of this alias. */
  readonly enrolment: Enrolment | null;
}

export class Names {
  readonly #aliases: TokenSettings['aliases'];
  readonly #records: Records;

  constructor(aliases: TokenSettings['aliases'], records: Records) {
    this.#aliases = aliases;
    this.#records = records;
  }

  /** Throws TOKEN_URI_INVALID, TOKEN_ALIAS_NOT_FOUND, TOKEN_RECORD_INVALID. */
  async resolve(name: string): Promise<NamedKey> {
    if (/^pkcs11:/i.test(name)) {
      return { name, uri: parseTokenUri(name, { trusted: true }), enrolment: null };
    }
    const configured = Object.hasOwn(this.#aliases, name) ? this.#aliases[name] : undefined;
    const enrolment = await this.#records.read(name);
    if (configured !== undefined) {
      return { name, uri: parseTokenUri(configured, { trusted: true }), enrolment };
    }
    if (enrolment === null) {
      throw tokenError('TOKEN_ALIAS_NOT_FOUND', `no token has the alias "${name}"`);
    }
    return { name, uri: parseTokenUri(enrolment.uri, { trusted: false }), enrolment };
  }

  /** The URIs of the configuration, as the user has given them; one that is wrong is told when it is named. */
  configured(): TokenUri[] {
    return Object.values(this.#aliases).flatMap((uri) => {
      try {
        return [parseTokenUri(uri, { trusted: true })];
      } catch (error) {
        if (hasCode(error, 'TOKEN_URI_INVALID')) return [];
        throw error;
      }
    });
  }
}
