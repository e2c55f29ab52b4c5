import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  HoldfastError,
  parseIdentityFile,
  parseRecipient,
  X25519Identity,
  X25519Recipient,
  type Identity,
  type Secret,
} from '@holdfast/age';
import type { KeyDetails } from '@holdfast/token';
import { isSystemError } from '@holdfast/media/durable';

import { openLayer } from '../envelopes/layers.ts';
import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import type { TokenAccess } from '../tokens/access.ts';
import { tokenInWords } from '../tokens/claims.ts';
import { isAboutPin, isSameToken, isTokenFailure } from '../tokens/failure.ts';

/** The identity as an age file, to every token that holds it. */
export const HELD_FILE = 'store-identity.age';
/** What that file does not tell without a token: whom to encrypt to, and which tokens open it. */
export const HOLDERS_FILE = 'store-identity.json';

export interface Holders {
  readonly recipient: X25519Recipient;
  readonly tokens: readonly KeyDetails[];
}

/** The identity of a store that tokens hold; `null` for a store that none does. */
export async function readHeldIdentity(
  instance: Instance,
): Promise<{ readonly file: Uint8Array; readonly holders: Holders } | null> {
  const file = await readIfThere(join(instance.folder, HELD_FILE));
  if (file === null) return null;
  const path = join(instance.folder, HOLDERS_FILE);
  const text = await readIfThere(path);
  const holders = text === null ? null : await parseHolders(text);
  if (holders === null) throw coreError('STATE_INVALID', `${path} is missing or damaged`);
  return { file, holders };
}

/**
 * Opens the identity of a store with one of the tokens that hold it. Asks for its PIN.
 *
 * @throws TOKEN_NOT_FOUND when none of them is here, what a token ended with, STATE_INVALID
 */
export async function openHeldIdentity(
  { file, holders }: { readonly file: Uint8Array; readonly holders: Holders },
  access: TokenAccess | undefined,
): Promise<X25519Identity> {
  const failures: HoldfastError[] = [];
  if (access !== undefined) {
    const tokens = await access.open();
    const refused: KeyDetails[] = [];
    for (const details of holders.tokens) {
      if (refused.some((one) => isSameToken(one, details))) continue;
      try {
        const identity = await openIdentityFile(file, tokens.identity(details));
        if (identity !== null) return assertSame(identity, holders);
      } catch (error) {
        if (!isTokenFailure(error)) throw error;
        failures.push(error);
        if (isAboutPin(error)) refused.push(details);
      }
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first;
  const { tokenError } = await import('@holdfast/token');
  const which = holders.tokens.map(({ token }) => tokenInWords(token)).join(', or ');
  throw tokenError('TOKEN_NOT_FOUND', `the secret store is held by ${which}, and it is not here`);
}

/** `null` when its token is not here. */
export async function openIdentityFile(
  file: Uint8Array,
  token: Identity,
): Promise<X25519Identity | null> {
  try {
    using text = await openLayer(file, [token], {});
    return text === null ? null : identityIn(text);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'TOKEN_NOT_FOUND') return null;
    throw error;
  }
}

function identityIn(text: Secret): X25519Identity {
  try {
    const { identities } = parseIdentityFile(text.bytes);
    const [identity] = identities;
    if (identities.length === 1 && identity instanceof X25519Identity) return identity;
  } catch {
    // What the parser says of the line is of no use here.
  }
  throw coreError('STATE_INVALID', 'what the token holds is no identity of a store');
}

function assertSame(identity: X25519Identity, { recipient }: Holders): X25519Identity {
  if (String(identity.recipient()) === String(recipient)) return identity;
  throw coreError('STATE_INVALID', `${HOLDERS_FILE} and ${HELD_FILE} do not belong together`);
}

async function parseHolders(text: Uint8Array): Promise<Holders | null> {
  const { keyDetails } = await import('../backup-file/manifest-schema.ts');
  try {
    const value = JSON.parse(Buffer.from(text).toString('utf8')) as Record<string, unknown>;
    const recipient = parseRecipient(String(value['recipient']));
    const tokens = keyDetails.array().min(1).parse(value['tokens']);
    return recipient instanceof X25519Recipient ? { recipient, tokens } : null;
  } catch {
    return null;
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return null;
    throw coreError('STATE_INVALID', `${path} cannot be read`, { cause });
  }
}
