import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyDetails } from '@holdfast/token';
import { destinationError, isSystemError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import { holdStoreIdentity, storeHolders, type HoldingReport } from '../store/hold-identity.ts';
import type { Recorder } from '../ports.ts';
import type { TokenAccess } from '../tokens/access.ts';
import { ensureFolder, statFolder, type StatePermissions } from './folder.ts';
import type { Instance } from './instance.ts';
import { createFile } from './place-file.ts';
import type { Signer } from './signer.ts';
import { PRIVATE_KEY_FILE, loadSigningKey } from './signing-key.ts';

export interface InitOptions {
  /** Aliases or URIs of the tokens that are to hold the store's identity from now on; any one of them opens it. */
  readonly storeTokens?: readonly string[] | undefined;
  readonly tokens?: TokenAccess | undefined;
  readonly recorder?: Recorder | undefined;
}

export interface InitReport {
  readonly folder: string;
  readonly trustFile: string;
  readonly signer: Signer;
  /** What was not there before. */
  readonly made: readonly ('folder' | 'signing key' | 'trust file' | 'store identity')[];
  /** Paths that were given the group or mode that they should have. */
  readonly repaired: readonly string[];
  /** The keys that hold the store's identity; empty while it lies in the state folder in clear. */
  readonly storeTokens: readonly KeyDetails[];
  /** What whoever answers for the store should know of its tokens, in words. */
  readonly warnings: readonly string[];
}

/**
 * Makes the state folder, the signing key and an empty trust file, and gives what its owner has there
 * the right group and modes. What is there stays; running it again does nothing. With `storeTokens`, the
 * store's identity is on these tokens only from then on. Throws ACCESS_DENIED, STATE_INVALID,
 * CONFIG_INVALID, what writing ends with, and what tokens end with.
 */
export async function initInstance(
  instance: Instance,
  { storeTokens = [], tokens, recorder }: InitOptions = {},
): Promise<InitReport> {
  await instance.assertAccess();
  const permissions = await instance.permissions();
  const repaired = await repair(instance, permissions);
  const made: InitReport['made'][number][] = [];
  if (await ensureFolder(instance)) made.push('folder');
  const signingKey = await loadSigningKey(instance.folder, permissions);
  if (signingKey.made) made.push('signing key');
  if (await makeTrustFile(instance, permissions)) made.push('trust file');
  const held = await holdStore(instance, storeTokens, tokens);
  if (held.made) made.push('store identity');
  if (made.length > 0)
    await recorder?.record([{ action: 'init', outcome: 'ok', detail: { made } }]);
  const { folder, trustFile } = instance;
  const { signer } = signingKey;
  const { tokens: holders, warnings } = held;
  return { folder, trustFile, signer, made, repaired, storeTokens: holders, warnings };
}

async function holdStore(
  instance: Instance,
  names: readonly string[],
  tokens: TokenAccess | undefined,
): Promise<HoldingReport> {
  if (names.length === 0) {
    return { tokens: await storeHolders(instance), made: false, warnings: [] };
  }
  if (tokens === undefined) throw coreError('INTERNAL', 'this run was given no way to the tokens');
  return await holdStoreIdentity(instance, names, tokens);
}

async function makeTrustFile(instance: Instance, permissions: StatePermissions): Promise<boolean> {
  const { folder, trustFile } = instance;
  const inside = dirname(trustFile) === folder;
  const text = `# Whose backups are trusted here, besides this instance's own. One line a key:
# NAME namespaces="holdfast-*" ssh-ed25519 AAAA...   (see ALLOWED SIGNERS in ssh-keygen(1))
`;
  return await createFile(
    trustFile,
    Buffer.from(text),
    inside ? permissions : { gid: null, fileMode: 0o644 },
  );
}

/** Only a folder that is ours to change is changed: one that is empty, or holds a signing key. */
async function repair(instance: Instance, permissions: StatePermissions): Promise<string[]> {
  const { folder } = instance;
  const stats = await statFolder(instance);
  if (stats === null || stats.uid !== process.geteuid?.()) return [];
  try {
    const names = await readdir(folder);
    // Anything else is left untouched; ensureFolder refuses it when it is too open.
    if (names.length > 0 && !names.includes(PRIVATE_KEY_FILE)) return [];
    const wrong = await findWrong(folder, permissions);
    if (wrong.length > 0) await correct(folder, permissions);
    return wrong;
  } catch (cause) {
    if (isSystemError(cause, 'EPERM')) {
      const message = `only a member of the group "${instance.group ?? ''}" can give it ${folder}`;
      throw coreError('ACCESS_DENIED', message, { cause });
    }
    throw await destinationError(cause, folder);
  }
}

async function findWrong(path: string, permissions: StatePermissions): Promise<string[]> {
  const stats = await lstat(path);
  if (!isOurs(stats)) return [];
  const wrong = hasRightPermissions(stats, permissions) ? [] : [path];
  if (!stats.isDirectory()) return wrong;
  const names = await readdir(path);
  const within = await Promise.all(
    names.map(async (name) => await findWrong(join(path, name), permissions)),
  );
  return [...wrong, ...within.flat()];
}

// From above, each folder is closed to everybody else before it is looked into, so that no member of a
// group can slip a link under what the owner, who may be root, is about to give away.
async function correct(path: string, permissions: StatePermissions): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  if (!isOurs(await lstat(path))) return;
  await using handle = await open(path, flags);
  const stats = await handle.stat();
  if (!isOurs(stats)) return;
  if (stats.isDirectory()) {
    await handle.chmod(0o700);
    for (const name of await readdir(path)) await correct(join(path, name), permissions);
  }
  const { gid, fileMode, folderMode } = permissions;
  if (gid !== null) await handle.chown(-1, gid);
  await handle.chmod(stats.isDirectory() ? folderMode : fileMode);
}

function hasRightPermissions(stats: Stats, permissions: StatePermissions): boolean {
  const { gid, fileMode, folderMode } = permissions;
  const mode = stats.isDirectory() ? folderMode : fileMode;
  return (gid === null || stats.gid === gid) && (stats.mode & 0o7777) === mode;
}

/** Files with several names are left alone: another name may lie anywhere. */
function isOurs(stats: Stats): boolean {
  if (stats.uid !== process.geteuid?.()) return false;
  return stats.isDirectory() || (stats.isFile() && stats.nlink === 1);
}
