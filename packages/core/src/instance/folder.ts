import type { Stats } from 'node:fs';
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { destinationError, isSystemError, syncFolder } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import { groupNumber, userName } from './group.ts';

/** The state folder, and the group that shares it. */
export interface StatePlace {
  readonly folder: string;
  readonly group: string | null;
}

/** Who may do what with what lies in the state folder. */
export interface StatePermissions {
  /** The group of everything in it, `null` when it is the owner's alone. */
  readonly gid: number | null;
  readonly fileMode: number;
  readonly folderMode: number;
}

export async function statePermissions({ group }: StatePlace): Promise<StatePermissions> {
  if (group === null) return { gid: null, fileMode: 0o600, folderMode: 0o700 };
  return { gid: await groupNumber(group), fileMode: 0o660, folderMode: 0o2770 };
}

/** `null` when there is none yet. Throws STATE_INVALID when it is no folder. */
export async function statFolder(place: StatePlace): Promise<Stats | null> {
  try {
    const stats = await stat(place.folder);
    if (stats.isDirectory()) return stats;
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return null;
    if (isSystemError(cause, 'EACCES')) {
      const group =
        place.group === null ? 'no group is configured' : `it takes the group "${place.group}"`;
      throw coreError('ACCESS_DENIED', `${place.folder} is out of reach: ${group}`, { cause });
    }
    throw coreError('STATE_INVALID', `the state folder ${place.folder} is out of order`, { cause });
  }
  throw coreError('STATE_INVALID', `${place.folder} is not a folder`);
}

/**
 * Passes when the process runs as the owner of the state folder or in the configured group, or when
 * there is no folder yet. Being root is not enough. Throws ACCESS_DENIED, naming whom it takes.
 */
export async function assertFolderAccess(place: StatePlace): Promise<void> {
  const stats = await statFolder(place);
  const user = process.geteuid?.();
  if (stats === null || user === undefined || stats.uid === user) return;
  const { folder, group } = place;
  const owner = await userName(stats.uid);
  if (group === null) {
    throw coreError(
      'ACCESS_DENIED',
      `only ${owner} may use ${folder}; no group is configured for it`,
    );
  }
  const gid = await groupNumber(group);
  if (gid !== process.getegid?.() && !process.getgroups?.().includes(gid)) {
    throw coreError('ACCESS_DENIED', `only ${owner} and the group "${group}" may use ${folder}`);
  }
  if (stats.gid !== gid || (stats.mode & 0o070) !== 0o070) {
    const remedy = `${owner} has to share it by running: holdfast init`;
    throw coreError(
      'ACCESS_DENIED',
      `${folder} is not shared with the group "${group}"; ${remedy}`,
    );
  }
}

/**
 * Makes the state folder if there is none, durably. One that is there is left as it is, and refused
 * with STATE_INVALID when more people than may could look into it. Resolves to whether it was made.
 */
export async function ensureFolder(place: StatePlace): Promise<boolean> {
  const permissions = await statePermissions(place);
  const stats = await statFolder(place);
  if (stats === null && (await makeFolder(place.folder, permissions))) return true;
  const found = stats ?? (await statFolder(place));
  if (found !== null && isTooOpen(found, permissions)) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
    throw coreError(
      'STATE_INVALID',
      `others may use the state folder ${place.folder} (mode ${mode})`,
    );
  }
  return false;
}

function isTooOpen(stats: Stats, { gid, folderMode }: StatePermissions): boolean {
  const mode = stats.mode & 0o777;
  if ((mode & ~folderMode) !== 0) return true;
  return gid !== null && (mode & 0o070) !== 0 && stats.gid !== gid;
}

async function makeFolder(folder: string, permissions: StatePermissions): Promise<boolean> {
  const { gid, folderMode } = permissions;
  try {
    // Members of a group have to pass through the folders above.
    await mkdir(dirname(folder), { recursive: true, mode: gid === null ? 0o700 : 0o755 });
    try {
      await mkdir(folder, 0o700);
    } catch (cause) {
      if (isSystemError(cause, 'EEXIST')) return false;
      throw cause;
    }
    if (gid !== null) await chown(folder, -1, gid);
    await chmod(folder, folderMode);
    await syncFolder(dirname(folder));
    return true;
  } catch (cause) {
    throw await destinationError(cause, folder);
  }
}
