import { fstat } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

import { mediaError } from '../errors.ts';

const statOf = promisify(fstat);

/**
 * Requires that `path` is not the very file that is open for reading, by whatever name: replacing it would
 * lose what is being read.
 *
 * @throws DESTINATION_INVALID
 */
export async function assertAnotherFile(fd: number, path: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there === null) return;
  const open = await statOf(fd);
  if (open.dev === there.dev && open.ino === there.ino) {
    throw mediaError('DESTINATION_INVALID', `${path} is the file that is read`);
  }
}
