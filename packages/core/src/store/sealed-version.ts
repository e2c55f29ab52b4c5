import { decrypt, encrypt, Secret, type X25519Identity, type X25519Recipient } from '@holdfast/age';

import { coreError } from '../errors.ts';

/** Which version of which secret a file holds. */
export interface VersionLabel {
  readonly name: string;
  readonly version: number;
}

const NEWLINE = 0x0a;

/**
 * Encrypts one version of a secret: an age file of one line of JSON, `{"name":…,"version":…}`, and then
 * the secret's bytes. The line binds them to their place: a file that was renamed is noticed.
 */
export async function sealVersion(
  label: VersionLabel,
  secret: Secret,
  recipient: X25519Recipient,
): Promise<Uint8Array> {
  const { name, version } = label;
  const line = Buffer.from(`${JSON.stringify({ name, version })}\n`);
  using plaintext = Secret.take(new Uint8Array(line.length + secret.bytes.length));
  plaintext.bytes.set(line);
  plaintext.bytes.set(secret.bytes, line.length);
  return await encrypt(plaintext.bytes, [recipient]);
}

/** Throws STATE_INVALID when the file is damaged, or belongs elsewhere. The result is the caller's. */
export async function openVersion(
  label: VersionLabel,
  file: Uint8Array,
  identity: X25519Identity,
): Promise<Secret> {
  const { name, version } = label;
  let plaintext: Uint8Array;
  try {
    plaintext = await decrypt(file, [identity]);
  } catch (cause) {
    throw coreError('STATE_INVALID', `version ${version} of ${name} in the store is damaged`, {
      cause,
    });
  }
  try {
    const end = plaintext.indexOf(NEWLINE);
    const line = Buffer.from(plaintext.subarray(0, Math.max(end, 0))).toString('utf8');
    if (line !== JSON.stringify({ name, version })) {
      throw coreError('STATE_INVALID', `version ${version} of ${name} in the store was put there`);
    }
    return Secret.copy(plaintext.subarray(end + 1));
  } finally {
    plaintext.fill(0);
  }
}
