import { realpath, stat } from 'node:fs/promises';

import { isSystemError } from '../durable/system-error.ts';
import { mediaError } from '../errors.ts';
import type { OpenVolume } from './open-volume.ts';

/**
 * A folder that somebody mounted themselves: a share, a disk, a stick. Nothing is mounted, unmounted or ejected.
 *
 * @throws DESTINATION_INVALID when it is none
 */
export async function openFolder(path: string): Promise<OpenVolume> {
  const folder = await realpath(path).catch((cause: unknown) => {
    if (!isSystemError(cause)) throw cause;
    throw mediaError('DESTINATION_INVALID', `there is no folder ${path}`, { cause });
  });
  const status = await stat(folder);
  if (!status.isDirectory())
    throw mediaError('DESTINATION_INVALID', `this is not a folder: ${path}`);
  const assertOnIt = async (file: string): Promise<void> => {
    const now = await stat(file).catch(() => null);
    if (now?.dev === status.dev) return;
    throw mediaError('MEDIUM_CHANGED', `${file} does not lie where ${folder} was`);
  };
  return {
    chosen: null,
    root: folder,
    folder,
    assertOnIt,
    assertPresent: async () => await assertOnIt(folder),
    forget: async () => false,
    eject: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Whether a folder lies on the very file system that the running system lies on. */
export async function isOnSystemDisk(path: string): Promise<boolean> {
  const [there, system] = await Promise.all([stat(path), stat('/')]);
  return there.dev === system.dev;
}
