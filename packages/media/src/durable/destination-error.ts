import { lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { mediaError, type MediaErrorCode } from '../errors.ts';
import { isMediumError, isSystemError, type SystemError } from './system-error.ts';

const CODES: Readonly<Record<string, readonly [MediaErrorCode, string]>> = {
  ENOSPC: ['NO_SPACE', 'there is no space left for'],
  EDQUOT: ['NO_SPACE', 'the disk quota leaves no space for'],
  EFBIG: ['NO_SPACE', 'the file system does not take files as large as'],
  EROFS: ['READ_ONLY', 'the file system is read-only, so it cannot take'],
  EACCES: ['DESTINATION_UNWRITABLE', 'there is no permission to write'],
  EPERM: ['DESTINATION_UNWRITABLE', 'there is no permission to write'],
  EEXIST: ['DESTINATION_EXISTS', 'there already is'],
  ENOTEMPTY: ['DESTINATION_EXISTS', 'there already is'],
  ENOENT: ['DESTINATION_INVALID', 'there is no folder for'],
  ENOTDIR: ['DESTINATION_INVALID', 'part of the path is not a folder:'],
  ENAMETOOLONG: ['DESTINATION_INVALID', 'the name is too long:'],
  ELOOP: ['DESTINATION_INVALID', 'links lead in a circle:'],
  EISDIR: ['DESTINATION_INVALID', 'this is a folder, not a file:'],
  EINVAL: ['DESTINATION_INVALID', 'the file system does not take the name'],
  EBUSY: ['DESTINATION_INVALID', 'something is mounted on or uses'],
  EXDEV: ['DESTINATION_INVALID', 'something is mounted on'],
};

/**
 * Says in our words why `path` could not be written. What is no error of the operating system is
 * returned as it is.
 *
 * `witness` is a file that we made beside it, once there is one. A pulled stick answers with any of
 * EIO, ENOENT, ENOSPC or EROFS; when the witness cannot be seen any more, it is DESTINATION_LOST.
 */
export async function destinationError(
  cause: unknown,
  path: string,
  options: { witness?: string } = {},
): Promise<unknown> {
  if (!isSystemError(cause)) return cause;
  if (isMediumError(cause) || (await isLost(cause, path, options.witness))) {
    return mediaError('DESTINATION_LOST', `the file system failed (${cause.code}) under ${path}`, {
      cause,
    });
  }
  const [code, words] = CODES[cause.code] ?? [
    'DESTINATION_UNWRITABLE',
    `the system refused (${cause.code}) to write`,
  ];
  return mediaError(code, `${words} ${path}`, { cause });
}

async function isLost(
  cause: SystemError,
  path: string,
  witness: string | undefined,
): Promise<boolean> {
  if (witness === undefined) return false;
  // It was writable when the witness was made: the kernel gave the medium up since.
  if (cause.code === 'EROFS') return true;
  try {
    await stat(dirname(path));
    await lstat(witness);
    return false;
  } catch {
    return true;
  }
}
