import type { Got } from '../api/queries.ts';

type Token = Got<'listTokens'>['modules'][number]['tokens'][number];

/** Some slots hold a token that nobody initialized: it has no name, and nothing can be done with it here. */
export function isInitialized({ serial }: Token): boolean {
  return serial !== '';
}
