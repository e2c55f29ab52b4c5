import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isSystemError } from '@holdfast/media/durable';
import {
  assertFolderAccess,
  ensureFolder,
  statePermissions,
  type StatePermissions,
} from './folder.ts';
import { loadSigningKey, type SigningKey } from './signing-key.ts';
import { loadTrust, type Trust } from './trust.ts';

const TRUST_FILE = 'allowed_signers';

export interface InstanceSettings {
  /** The state folder. It need not exist yet. */
  readonly folder: string;
  /** Whose members may use it besides its owner. */
  readonly group?: string | undefined;
  /** Whose signatures are trusted; `allowed_signers` in the state folder by default. */
  readonly trustFile?: string | undefined;
}

/** One installation of Holdfast: its state folder, its signing key, and whom it trusts. */
export interface Instance {
  readonly folder: string;
  readonly group: string | null;
  readonly trustFile: string;
  /**
   * The signing key; folder and key are made at the first use. Throws ACCESS_DENIED, STATE_INVALID,
   * CONFIG_INVALID (no such group), or what writing to the folder ends with.
   */
  signer(): Promise<SigningKey>;
  /** Whether there is a state folder. Creates nothing; one that is out of reach is there. */
  isMade(): Promise<boolean>;
  /** Whose signatures count. Creates nothing. Throws CONFIG_INVALID. */
  trust(): Promise<Trust>;
  /**
   * Passes for the owner of the state folder, for members of the configured group, and for anybody
   * while there is no folder. Throws ACCESS_DENIED for everybody else, root included.
   */
  assertAccess(): Promise<void>;
  /** Asserts access, and makes the state folder, durably, when there is none. */
  ensureFolder(): Promise<void>;
  /** Group and modes for what is made in the state folder. */
  permissions(): Promise<StatePermissions>;
}

/** Cheap: touches nothing until it is used. */
export function instanceAt(settings: InstanceSettings): Instance {
  const folder = resolve(settings.folder);
  const group = settings.group ?? null;
  const trustFile = resolve(settings.trustFile ?? join(folder, TRUST_FILE));
  const place = { folder, group };
  const prepare = async (): Promise<void> => {
    await assertFolderAccess(place);
    await ensureFolder(place);
  };
  return {
    folder,
    group,
    trustFile,
    async signer() {
      await prepare();
      return await loadSigningKey(folder, await statePermissions(place));
    },
    isMade: async () => await isThere(folder),
    trust: async () => await loadTrust(folder, trustFile),
    assertAccess: async () => await assertFolderAccess(place),
    ensureFolder: prepare,
    permissions: async () => await statePermissions(place),
  };
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    (cause: unknown) => !isSystemError(cause, 'ENOENT', 'ENOTDIR'),
  );
}
