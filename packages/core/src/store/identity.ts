import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { generateIdentity, parseIdentityFile, Secret, X25519Identity } from '@holdfast/age';
import { isSystemError, writeFileDurably } from '@holdfast/media/durable';

import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';

export const IDENTITY_FILE = 'store-identity.txt';

/** Reads the identity that lies in the state folder in clear; `null` when there is none, or a token holds it. */
export async function readStoreIdentity(instance: Instance): Promise<X25519Identity | null> {
  const path = join(instance.folder, IDENTITY_FILE);
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return null;
    throw coreError('STATE_INVALID', `the store identity ${path} cannot be read`, { cause });
  }
  try {
    const { identities } = parseIdentityFile(content);
    const [identity] = identities;
    if (identities.length === 1 && identity instanceof X25519Identity) return identity;
  } catch {
    // What the parser says of the line is of no use here.
  } finally {
    content.fill(0);
  }
  throw coreError('STATE_INVALID', `the store identity ${path} is damaged`);
}

/** Makes the identity; of several that do so at once one wins, and all end with the same. */
export async function makeStoreIdentity(instance: Instance): Promise<X25519Identity> {
  const { fileMode } = await instance.permissions();
  using content = identityText(generateIdentity());
  try {
    const path = join(instance.folder, IDENTITY_FILE);
    await writeFileDurably(path, content.bytes, { replace: 'refuse', mode: fileMode });
  } catch (cause) {
    if (!isTaken(cause)) throw cause;
  }
  const identity = await readStoreIdentity(instance);
  if (identity === null) throw coreError('STATE_INVALID', 'the store identity was removed');
  return identity;
}

/** An identity file for stock age. The result is the caller's. */
export function identityText(identity: X25519Identity): Secret {
  using line = identity.toSecret();
  const head = Buffer.from(
    '# The identity of the secret store. Whoever has it can read every secret in it.\n',
  );
  const text = Secret.take(new Uint8Array(head.length + line.bytes.length + 1));
  text.bytes.set(head);
  text.bytes.set(line.bytes, head.length);
  text.bytes[text.bytes.length - 1] = 0x0a;
  return text;
}

/** Whether somebody else has the name already. */
export function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'DESTINATION_EXISTS';
}
