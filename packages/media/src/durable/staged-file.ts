import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { mediaError } from '../errors.ts';
import { throwIfCancelled } from '@holdfast/age';
import { destinationError } from './destination-error.ts';
import { assertFreeSpace } from './free-space.ts';
import { cannotLink, keepNumbered, type Kept } from './keep-numbered.ts';
import { applyPermissions } from './permissions.ts';
import { findPlace, lstatOrNull, type Place } from './place.ts';
import { syncFolder } from './sync-folder.ts';

export interface StagingOptions {
  /** What becomes of a file that is there already; `keep-numbered` leaves it as `NAME.~1~`, `NAME.~2~`, … */
  readonly replace: 'refuse' | 'overwrite' | 'keep-numbered';
  /** Of a new file, 0600 unless given. A replaced file keeps its own, and its owner. */
  readonly mode?: number;
  /** Bytes that will come: checked against the free space before anything is made. */
  readonly expectedSize?: number;
  readonly signal?: AbortSignal;
}

/** A file that has no name yet. Disposing it without a commit leaves no trace. */
export interface StagedFile extends AsyncDisposable {
  /** Open for reading and writing; closed by disposal. */
  readonly fd: number;
  /** Where it will lie, links followed. */
  readonly path: string;
  readonly temporaryPath: string;
  /**
   * Makes it durable and gives it its name. Resolves to the path that the former file was kept under.
   * Throws DESTINATION_EXISTS when someone else took the name meanwhile and it must not be replaced.
   */
  commit(): Promise<{ kept: string | null }>;
}

/**
 * Opens a file to be written beside its destination, with mode 0600, and to be named only when whole.
 * Throws DESTINATION_EXISTS, DESTINATION_INVALID, DESTINATION_UNWRITABLE, NO_SPACE, READ_ONLY or
 * DESTINATION_LOST before anything was written.
 */
export async function openStagedFile(path: string, options: StagingOptions): Promise<StagedFile> {
  throwIfCancelled(options.signal);
  try {
    const place = await placeFor(path, options.replace);
    await assertFreeSpace(place.folder, options.expectedSize ?? 0, path);
    const temporaryPath = join(place.folder, temporaryName(basename(place.path)));
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
    return staged(await open(temporaryPath, flags, 0o600), temporaryPath, place, options);
  } catch (cause) {
    throw await destinationError(cause, path);
  }
}

/**
 * Checks a destination before anybody is asked anything: that a file can lie there, and, with `refuse`,
 * that none does. Opening a staged file checks it again.
 *
 * @throws DESTINATION_EXISTS, DESTINATION_INVALID, DESTINATION_UNWRITABLE
 */
export async function assertDestination(
  path: string,
  { replace }: Pick<StagingOptions, 'replace'>,
): Promise<void> {
  try {
    await placeFor(path, replace);
  } catch (cause) {
    throw await destinationError(cause, path);
  }
}

async function placeFor(path: string, replace: StagingOptions['replace']): Promise<Place> {
  const place = await findPlace(path);
  const taken = place.former !== null || (await lstatOrNull(path)) !== null;
  if (replace === 'refuse' && taken) {
    throw mediaError('DESTINATION_EXISTS', `there already is ${path}`);
  }
  return place;
}

/** A hidden name in the same folder that no one else uses. */
export function temporaryName(name: string): string {
  // 48 code points are at most 192 bytes, which leaves room in the 255 that file systems allow.
  const short = Array.from(name).slice(0, 48).join('');
  return `.${short}.${randomBytes(8).toString('hex')}.partial`;
}

function staged(
  file: FileHandle,
  temporaryPath: string,
  place: Place,
  { replace, mode = 0o600, signal }: StagingOptions,
): StagedFile {
  let named = false;

  async function commit(): Promise<{ kept: string | null }> {
    throwIfCancelled(signal);
    try {
      const { former } = place;
      await applyPermissions(file, mode, replace === 'refuse' ? null : former);
      await file.sync();
      const kept = await giveName(temporaryPath, place.path, replace);
      named = true;
      // vfat keeps the old length on disk unless the file is synced again under its new name.
      await file.sync();
      await syncFolder(place.folder);
      return { kept };
    } catch (cause) {
      const error = await destinationError(cause, place.path, {
        witness: named ? place.path : temporaryPath,
      });
      // The name was free before, and is not to be that of a file which may not last.
      if (named && replace === 'refuse') await unlink(place.path).catch(() => undefined);
      throw error;
    }
  }

  return {
    fd: file.fd,
    path: place.path,
    temporaryPath,
    commit,
    async [Symbol.asyncDispose]() {
      await file.close().catch(() => undefined);
      // On a medium that is gone there is nothing to remove, and the first error is the one to tell.
      if (!named) await unlink(temporaryPath).catch(() => undefined);
    },
  };
}

async function giveName(
  temporaryPath: string,
  path: string,
  replace: StagingOptions['replace'],
): Promise<string | null> {
  if (replace === 'refuse') {
    await giveFreeName(temporaryPath, path);
    return null;
  }
  let kept: Kept | null = null;
  if (replace === 'keep-numbered' && (await lstatOrNull(path)) !== null) {
    kept = await keepNumbered(path);
  }
  try {
    await rename(temporaryPath, path);
  } catch (cause) {
    await kept?.undo().catch(() => undefined);
    throw cause;
  }
  return kept?.path ?? null;
}

/** Takes the name only if nobody has it: link() decides that without a race. */
async function giveFreeName(temporaryPath: string, path: string): Promise<void> {
  try {
    await link(temporaryPath, path);
  } catch (cause) {
    if (!cannotLink(cause)) throw cause;
    if ((await lstatOrNull(path)) !== null) {
      throw mediaError('DESTINATION_EXISTS', `there already is ${path}`, { cause });
    }
    await rename(temporaryPath, path);
    return;
  }
  // A second name that stays does no harm to the first.
  await unlink(temporaryPath).catch(() => undefined);
}
