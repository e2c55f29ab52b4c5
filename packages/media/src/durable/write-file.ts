import { open } from 'node:fs/promises';

import { mediaError } from '../errors.ts';
import { destinationError } from './destination-error.ts';
import { openStagedFile, type StagedFile, type StagingOptions } from './staged-file.ts';

/**
 * Writes a whole file: under a temporary name, synced, read back and compared, and only then named.
 * Throws what `openStagedFile` throws, and READ_BACK_MISMATCH.
 */
export async function writeFileDurably(
  path: string,
  bytes: Uint8Array,
  options: Omit<StagingOptions, 'expectedSize'>,
): Promise<{ kept: string | null }> {
  await using file = await openStagedFile(path, { ...options, expectedSize: bytes.length });
  await writeAndReadBack(file, bytes);
  return await file.commit();
}

/** Fills a staged file with `bytes` and reads them back by its name. */
async function writeAndReadBack(file: StagedFile, bytes: Uint8Array): Promise<void> {
  try {
    await using writer = await open(file.temporaryPath, 'r+');
    await writer.writeFile(bytes);
    await writer.sync();
    await using reader = await open(file.temporaryPath, 'r');
    const { size } = await reader.stat();
    const found = size === bytes.length ? await reader.readFile() : null;
    const same = found !== null && Buffer.compare(found, bytes) === 0;
    found?.fill(0);
    if (!same) {
      throw mediaError(
        'READ_BACK_MISMATCH',
        `what was read back differs from what was written to ${file.path}`,
      );
    }
  } catch (cause) {
    throw await destinationError(cause, file.path, { witness: file.temporaryPath });
  }
}
