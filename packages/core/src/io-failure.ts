import { type StagedFile, destinationError, isSystemError } from '@holdfast/media/durable';
import { coreError } from './errors.ts';
import { sourceError } from './sources/source-error.ts';

/**
 * Runs work that reads from `source`, and says in our words when that reading failed.
 *
 * @throws SOURCE_UNREADABLE; what else goes wrong as it is
 */
export async function readingFrom<T>(source: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isSystemError(cause) && cause.syscall === 'read') throw sourceError(cause, source);
    throw cause;
  }
}

/**
 * Runs work that reads a backup, and says in our words when that reading failed.
 *
 * @throws BACKUP_UNREADABLE; what else goes wrong as it is
 */
export async function readingBackup<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw coreError('BACKUP_UNREADABLE', `the file system failed (${cause.code}) under ${path}`, {
      cause,
    });
  }
}

/**
 * Runs work that writes a staged file and reads it back, and says in our words when the system refused.
 *
 * @throws NO_SPACE, READ_ONLY, DESTINATION_LOST, DESTINATION_UNWRITABLE
 */
export async function writingTo<T>(staged: StagedFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw await destinationError(cause, staged.path, { witness: staged.temporaryPath });
  }
}
