import { statfs } from 'node:fs/promises';

import { mediaError } from '../errors.ts';

/** Throws NO_SPACE when the file system of `folder` cannot take `size` more bytes for `path`. */
export async function assertFreeSpace(folder: string, size: number, path: string): Promise<void> {
  const { bsize, blocks, bavail, bfree } = await statfs(folder);
  // Some network and memory file systems do not count their blocks.
  if (blocks === 0) return;
  const free = bsize * (process.geteuid?.() === 0 ? bfree : bavail);
  if (free < size) {
    throw mediaError(
      'NO_SPACE',
      `${path} needs ${String(size)} bytes, and ${String(free)} are free there`,
    );
  }
}
