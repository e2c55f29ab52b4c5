import {
  createHmac,
  createPrivateKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { join } from 'node:path';
import { publicKeyText, rawPublicKey } from '../backup-file/ssh-wire.ts';
import { signSshsig } from '../backup-file/sshsig.ts';
import { coreError } from '../errors.ts';
import type { PayloadKind } from '../ports.ts';
import { createFile, replaceFile, type FilePermissions } from './place-file.ts';
import { readSmallFile } from './read-file.ts';
import { loadDescribeSigner, type Signer } from './signer.ts';

export type { Signer };

export const PRIVATE_KEY_FILE = 'instance-key.pem';
export const PUBLIC_KEY_FILE = 'instance-key.pub';

const LIMIT = 4096;

/** The instance's own key, with which it signs the backups that it makes. */
export interface SigningKey {
  readonly signer: Signer;
  /** An armored SSHSIG; in the namespace of backups, unless said otherwise. */
  readonly sign: (message: Uint8Array, namespace?: string) => Uint8Array;
  /**
   * What may be remembered of a secret with this digest, in hex: an HMAC, so that nobody without this key can try
   * guesses.
   */
  readonly mark: (kind: PayloadKind | 'http-request', digest: string) => string;
}

/**
 * Reads the signing key of a state folder that exists, and makes it when there is none yet: several
 * processes at once end with the same one. Keeps the public half beside it. Throws STATE_INVALID for a
 * key that is damaged, which is never replaced.
 */
export async function loadSigningKey(
  folder: string,
  permissions: FilePermissions,
): Promise<SigningKey & { readonly made: boolean }> {
  const path = join(folder, PRIVATE_KEY_FILE);
  const found = await readPrivateKey(path);
  const made = found === null && (await createFile(path, newPrivateKey(), permissions));
  // What counts is what lies there now, whoever made it.
  const privateKey = found ?? (await readPrivateKey(path));
  if (privateKey === null)
    throw coreError('STATE_INVALID', `${path} was removed while it was made`);
  const raw = rawPublicKey(privateKey);
  await keepPublicKey(join(folder, PUBLIC_KEY_FILE), publicKeyLine(raw), permissions);
  const describe = await loadDescribeSigner();
  return {
    signer: describe(raw),
    sign: (message, namespace) => signSshsig(message, privateKey, namespace),
    mark: (kind, digest) => {
      const text = `${kind}:${digest}`;
      return createHmac('sha256', markKey(privateKey)).update(text).digest('hex');
    },
    made,
  };
}

/** A key of its own (HKDF, RFC 5869), so that no mark is ever made with the key that signs. */
function markKey(privateKey: KeyObject): KeyObject {
  // RFC 8410: the seed is what PKCS #8 ends with.
  const own = privateKey.export({ type: 'pkcs8', format: 'der' });
  const info = 'holdfast-live-mark/1';
  const derived = new Uint8Array(hkdfSync('sha256', own.subarray(-32), '', info, 32));
  try {
    return createSecretKey(derived);
  } finally {
    own.fill(0);
    derived.fill(0);
  }
}

async function readPrivateKey(path: string): Promise<KeyObject | null> {
  const content = await readSmallFile(path, LIMIT);
  if (content === null) return null;
  try {
    const privateKey = createPrivateKey({ key: content, format: 'pem' });
    if (privateKey.asymmetricKeyType === 'ed25519') return privateKey;
  } catch {
    // OpenSSL's words say nothing that the reader could use.
  } finally {
    content.fill(0);
  }
  throw coreError('STATE_INVALID', `the signing key in ${path} is damaged`);
}

function newPrivateKey(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

function publicKeyLine(raw: Uint8Array): Buffer {
  return Buffer.from(`${publicKeyText(raw)} holdfast\n`);
}

async function keepPublicKey(
  path: string,
  line: Buffer,
  permissions: FilePermissions,
): Promise<void> {
  const content = await readSmallFile(path, LIMIT).catch(() => null);
  if (content?.equals(line) !== true) await replaceFile(path, line, permissions);
}
