import type { RequestOptions } from '../ports.ts';
import { ambiguous, throwTheOneFailure, type Access } from './access.ts';
import { tokenError } from '../errors.ts';
import { isSecretKey, type KnownKey } from './known-key.ts';
import { TokenKey } from './token-key.ts';

/** The secret key that is known, on its token; that it is the same key shows when it is used. */
export async function wantedKey(
  access: Access,
  known: KnownKey,
  options: RequestOptions,
): Promise<TokenKey> {
  const { token, id, label, algorithm } = known.details;
  const uri = { token: token.label, serial: token.serial };
  const reached = await access.reach.tokens(uri, options);
  const [found] = reached.tokens;
  if (found === undefined) {
    throwTheOneFailure(reached);
    const message = `the token "${token.label}" (serial ${token.serial}) is not here`;
    throw tokenError('TOKEN_NOT_FOUND', message);
  }
  if (reached.tokens.length > 1) throw ambiguous(reached.tokens);
  const kind = isSecretKey(algorithm) ? 'secret' : 'private';
  const entries = await access.look(found, options);
  const entry = entries.find(
    (one) => one.class === kind && one.id === id && (id !== '' || one.label === label),
  );
  return new TokenKey(found, known, entry ?? null, access.guard(found, null));
}
