import { tokenError } from './errors.ts';
import type { Tokens, TokenSettings } from './ports.ts';

/** Opens nothing yet: modules are started when they are first asked. */
export function openTokens(_settings: TokenSettings): Tokens {
  throw tokenError('TOKEN_SUPPORT_MISSING', 'not built yet');
}
