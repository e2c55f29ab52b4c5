import { access, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { encrypt, generateIdentity, type Identity, type X25519Identity } from '@holdfast/age';
import type { KeyDetails, SealingKey } from '@holdfast/token';
import { destinationError, syncFolder, writeFileDurably } from '@holdfast/media/durable';

import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import type { SharedTokens, TokenAccess } from '../tokens/access.ts';
import { claimWarnings, keyInWords } from '../tokens/claims.ts';
import { isSameToken } from '../tokens/failure.ts';
import { assertRecordable } from '../tokens/recordable.ts';
import {
  HELD_FILE,
  HOLDERS_FILE,
  openHeldIdentity,
  openIdentityFile,
  readHeldIdentity,
} from './held-identity.ts';
import { IDENTITY_FILE, identityText, readStoreIdentity } from './identity.ts';
import { isEmptyStore } from './versions.ts';

export interface HoldingReport {
  readonly tokens: readonly KeyDetails[];
  /** Whether there was no identity before. */
  readonly made: boolean;
  readonly warnings: readonly string[];
}

/** The tokens that hold the identity of a store; empty when none does. */
export async function storeHolders(instance: Instance): Promise<readonly KeyDetails[]> {
  if (await isThere(join(instance.folder, IDENTITY_FILE))) return [];
  return (await readHeldIdentity(instance))?.holders.tokens ?? [];
}

/**
 * Gives the identity of a store to these tokens, any one of which opens it from then on; an identity that lay
 * in the state folder in clear is removed once a token has opened the new one. Killed at any moment, it
 * leaves a store that can be read as before, or with a token.
 *
 * @throws TOKEN_NOT_FOUND when none of them is here to prove it, STATE_INVALID, STATE_BUSY, and what finding
 * the keys and writing end with
 */
export async function holdStoreIdentity(
  instance: Instance,
  names: readonly string[],
  reach: TokenAccess,
): Promise<HoldingReport> {
  const tokens = await reach.open();
  const keys = await findKeys(names, tokens);
  const details = keys.map((key) => key.details);
  const warnings = keys.flatMap((key) => claimWarnings(key));
  const [first, ...others] = details;
  if (first !== undefined && others.every((other) => isSameToken(first, other))) {
    warnings.push(`only ${keyInWords(first)} holds the store: its secrets are lost with it`);
  }
  const plain = await readStoreIdentity(instance);
  const held = await readHeldIdentity(instance);
  if (plain === null && held !== null && isSameSet(held.holders.tokens, details)) {
    return { tokens: details, made: false, warnings };
  }
  const former = plain ?? (held && (await openHeldIdentity(held, reach)));
  if (former === null && !(await isEmptyStore(instance))) {
    throw coreError('STATE_INVALID', 'the identity that the secrets are encrypted to is missing');
  }
  const identity = former ?? generateIdentity();
  const file = await sealTo(keys, identity);
  warnings.push(...(await prove(file, identity, keys)));

  // Both sets of tokens are named while the file may be for either.
  const before = plain === null && held !== null ? held.holders.tokens : [];
  await writeHolders(instance, identity, [...details, ...before]);
  await write(instance, HELD_FILE, file);
  if (before.length > 0) await writeHolders(instance, identity, details);
  await removePlain(instance, identity);
  return { tokens: details, made: former === null, warnings };
}

/** A key, and what opens with it and no other. */
interface HoldingKey extends SealingKey {
  readonly identity: Identity;
}

async function findKeys(
  names: readonly string[],
  tokens: SharedTokens,
): Promise<readonly HoldingKey[]> {
  const keys: HoldingKey[] = [];
  for (const name of names) {
    const key = await tokens.sealingKey(name);
    assertRecordable(key.details);
    if (keys.some((other) => isSameKey(other.details, key.details))) continue;
    const { identity } = tokens.fromIdentityLine(await tokens.identityLine(name));
    keys.push({ ...key, identity });
  }
  return keys;
}

async function sealTo(keys: readonly SealingKey[], identity: X25519Identity): Promise<Uint8Array> {
  using text = identityText(identity);
  return await encrypt(
    text.bytes,
    keys.map(({ recipient }) => recipient),
  );
}

/** Every token that is here has to open it. Resolves to what there is to say of the others. */
async function prove(
  file: Uint8Array,
  identity: X25519Identity,
  keys: readonly HoldingKey[],
): Promise<string[]> {
  const unproven: string[] = [];
  for (const key of keys) {
    const found = await openIdentityFile(file, key.identity);
    if (found === null)
      unproven.push(`${keyInWords(key.details)} was not here to prove that it opens it`);
    else if (String(found.recipient()) !== String(identity.recipient())) {
      throw coreError('INTERNAL', 'a token opened another identity than it was given');
    }
  }
  if (unproven.length < keys.length) return unproven;
  const { tokenError } = await import('@holdfast/token');
  throw tokenError(
    'TOKEN_NOT_FOUND',
    'none of these tokens is here to prove that it opens the store',
  );
}

async function writeHolders(
  instance: Instance,
  identity: X25519Identity,
  tokens: readonly KeyDetails[],
): Promise<void> {
  const content = { recipient: String(identity.recipient()), tokens };
  await write(instance, HOLDERS_FILE, Buffer.from(`${JSON.stringify(content, null, 2)}\n`));
}

async function write(instance: Instance, name: string, bytes: Uint8Array): Promise<void> {
  const { fileMode } = await instance.permissions();
  const path = join(instance.folder, name);
  await writeFileDurably(path, bytes, { replace: 'overwrite', mode: fileMode });
}

/** Removes the identity in clear, unless it has become another one meanwhile. */
async function removePlain(instance: Instance, identity: X25519Identity): Promise<void> {
  const plain = await readStoreIdentity(instance);
  if (plain === null) return;
  if (String(plain.recipient()) !== String(identity.recipient())) {
    throw coreError(
      'STATE_BUSY',
      'another command made an identity for the store at the same time',
    );
  }
  const path = join(instance.folder, IDENTITY_FILE);
  try {
    await unlink(path);
    await syncFolder(instance.folder);
  } catch (cause) {
    throw await destinationError(cause, path);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

function isSameSet(some: readonly KeyDetails[], others: readonly KeyDetails[]): boolean {
  const covers = (these: readonly KeyDetails[], those: readonly KeyDetails[]): boolean =>
    those.every((one) => these.some((other) => isSameKey(one, other)));
  return covers(some, others) && covers(others, some);
}

function isSameKey(one: KeyDetails, other: KeyDetails): boolean {
  return isSameToken(one, other) && one.fingerprint === other.fingerprint;
}
