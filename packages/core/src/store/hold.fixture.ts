import { readFile } from 'node:fs/promises';
import { parseIdentity, X25519Identity } from '@holdfast/age';
import { initInstance } from '../instance/init.ts';
import { instanceAt } from '../instance/instance.ts';
import { keyDetails } from '../testing/key-details.ts';
import type { SharedTokens, TokenAccess } from '../tokens/access.ts';

/** Tokens on paper: the identities in these files. For tests of what becomes of files, not of tokens. */
export function paperTokens(...paths: readonly string[]): TokenAccess {
  const open = async (path: string): Promise<X25519Identity> => {
    const identity = parseIdentity((await readFile(path, 'utf8')).trim());
    if (!(identity instanceof X25519Identity)) throw new Error('it is another kind');
    return identity;
  };
  const details = (path: string) =>
    keyDetails({ label: path, token: { label: path, serial: path } });
  const held = (path: string) => ({
    unwrapFileKey: async (...asked: Parameters<X25519Identity['unwrapFileKey']>) =>
      paths.includes(path) ? await (await open(path)).unwrapFileKey(...asked) : null,
  });
  const tokens: Partial<SharedTokens> = {
    sealingKey: async (path) => ({
      details: details(path),
      claims: null,
      recipient: (await open(path)).recipient(),
    }),
    identityLine: async (path) => path,
    fromIdentityLine: (path) => ({
      identity: held(path),
      recipient: { wrapFileKey: async () => [] },
      details: details(path),
    }),
    identity: (wanted) => held(wanted?.label ?? ''),
  };
  return {
    open: async () => tokens as SharedTokens,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

// Run by a test that kills it: gives the identity of the store in a folder to the last of these tokens.
const [folder, ...papers] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && folder !== undefined) {
  const storeTokens = papers.slice(-1);
  await initInstance(instanceAt({ folder }), { storeTokens, tokens: paperTokens(...papers) });
}
