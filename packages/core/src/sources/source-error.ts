import { isMediumError, isSystemError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';

/**
 * Says in our words why `path` could not be read: SOURCE_NOT_FOUND or SOURCE_UNREADABLE. What is no
 * error of the operating system is returned as it is.
 */
export function sourceError(cause: unknown, path: string): unknown {
  if (!isSystemError(cause)) return cause;
  switch (cause.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return coreError('SOURCE_NOT_FOUND', `there is no ${path}`, { cause });
    case 'EACCES':
    case 'EPERM':
      return coreError('SOURCE_UNREADABLE', `there is no permission to read ${path}`, { cause });
    default:
      return coreError(
        'SOURCE_UNREADABLE',
        isMediumError(cause)
          ? `the file system failed (${cause.code}) while reading ${path}`
          : `the system refused (${cause.code}) to read ${path}`,
        { cause },
      );
  }
}
