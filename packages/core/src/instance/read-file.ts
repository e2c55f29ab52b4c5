import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isSystemError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';

/**
 * Reads a small file of the state folder, `null` when there is none. The result is the caller's, to
 * wipe where it is a secret. Throws STATE_INVALID for anything but a regular file of at most `limit`
 * bytes, and ACCESS_DENIED.
 */
export async function readSmallFile(path: string, limit: number): Promise<Buffer | null> {
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > limit) {
      throw coreError('STATE_INVALID', `${path} is not a file of at most ${String(limit)} bytes`);
    }
    const content = Buffer.alloc(stats.size);
    const { bytesRead } = await handle.read(content, 0, content.length, 0);
    return content.subarray(0, bytesRead);
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) return null;
    if (isSystemError(cause, 'EACCES', 'EPERM')) {
      throw coreError('ACCESS_DENIED', `there is no permission to read ${path}`, { cause });
    }
    if (isSystemError(cause))
      throw coreError('STATE_INVALID', `${path} could not be read`, { cause });
    throw cause;
  }
}
