import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

import { isSystemError } from './system-error.ts';

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    await handle.sync();
  } catch (cause) {
    // Some file systems (FUSE, CIFS) cannot sync folders, and a drop box may not be opened to read.
    if (!isSystemError(cause, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES')) throw cause;
  }
}
