import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePublicKeyText } from '../backup-file/ssh-wire.ts';
import { NAMESPACE } from '../backup-file/sshsig.ts';
import { HoldfastError } from '@holdfast/age';
import { coreError } from '../errors.ts';
import { parseAllowedSigners } from './allowed-signers.ts';
import { readSmallFile } from './read-file.ts';
import { loadDescribeSigner, type Signer } from './signer.ts';
import { optionsAllow } from './signer-options.ts';
import { PUBLIC_KEY_FILE } from './signing-key.ts';

/** What the instance's own key is called where others are called by their principals. */
const OWN_PRINCIPAL = 'this instance';

/** Whose signatures count here. */
export interface Trust {
  /** Describes any key, trusted or not. Takes `ssh-ed25519 AAAA…`. */
  describe(publicKey: string): Signer;
  /**
   * Who signs with this key, `null` when nobody here knows. `at` is when the signature was made, by its
   * own account (`null`: unknown): as with git, a line that ended stays good for what was signed before. `namespace`
   * is what it was made for; a backup, without it.
   */
  principalOf(publicKey: string, at: Date | null, namespace?: string): string | null;
}

/**
 * Reads the instance's public key and the trust file; creates nothing. Where there are none, or they
 * may not be read, nobody is trusted: a restore must not fail for that. Throws CONFIG_INVALID with the
 * line that is not understood, or when anybody may write the trust file.
 */
export async function loadTrust(folder: string, trustFile: string): Promise<Trust> {
  const own = await readOwnKey(join(folder, PUBLIC_KEY_FILE));
  const text = await readTrustFile(trustFile);
  const allowed = parseAllowedSigners(text, trustFile);
  const describe = await loadDescribeSigner();
  return {
    describe(publicKey) {
      const raw = parsePublicKeyText(publicKey);
      if (raw === null) throw coreError('INTERNAL', 'a key was described that is none');
      return describe(raw);
    },
    principalOf(publicKey, at, namespace = NAMESPACE) {
      const raw = parsePublicKeyText(publicKey);
      if (raw === null) return null;
      if (own?.equals(raw) === true) return OWN_PRINCIPAL;
      const line = allowed.find(
        (signer) => raw.equals(signer.rawPublicKey) && optionsAllow(signer, namespace, at),
      );
      return line?.principal ?? null;
    },
  };
}

async function readOwnKey(path: string): Promise<Buffer | null> {
  const content = await readIfPermitted(path, 4096);
  const [type, base64] = content.toString('latin1').trim().split(' ');
  return parsePublicKeyText(`${type ?? ''} ${base64 ?? ''}`);
}

async function readTrustFile(path: string): Promise<string> {
  const content = await readIfPermitted(path, 1024 * 1024);
  if (content.length > 0 && ((await stat(path)).mode & 0o002) !== 0) {
    throw coreError('CONFIG_INVALID', `anybody may write the trust file ${path}`);
  }
  return content.toString('utf8');
}

async function readIfPermitted(path: string, limit: number): Promise<Buffer> {
  try {
    return (await readSmallFile(path, limit)) ?? Buffer.alloc(0);
  } catch (cause) {
    if (cause instanceof HoldfastError && cause.code === 'ACCESS_DENIED') return Buffer.alloc(0);
    throw cause;
  }
}
