import { chmod, mkdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { destinationError } from '../durable/destination-error.ts';
import { permitted } from '../durable/permissions.ts';
import { lstatOrNull } from '../durable/place.ts';
import { openStagedFile } from '../durable/staged-file.ts';
import { syncFolder } from '../durable/sync-folder.ts';
import { isSystemError } from '../durable/system-error.ts';
import { mediaError } from '../errors.ts';
import { compareBytes } from './compare-bytes.ts';
import { copyBytes, type Content } from './copy-bytes.ts';
import { openPastCache } from './open-past-cache.ts';
import type { OpenVolume } from './open-volume.ts';

/** How a file was shown to lie on its medium. */
export type Proof =
  /** Read from the medium after it had been unmounted and mounted again: nothing was left in memory. */
  | 'remounted'
  /** Read past the system's cache, while it stayed mounted. */
  | 'direct'
  /** Read back through the system's memory: the file system does not let us do better. Only of folders. */
  | 'cached';

export interface PutOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((phase: 'writing' | 'reading back', done: number) => void) | undefined;
}

export interface PutReport {
  readonly path: string;
  readonly proof: Proof;
}

/**
 * Writes a new file to a volume, durably, and reads it back from the medium. On return it is there, whole. When it
 * throws, no file has that name, unless the medium is gone: then it has none, or holds everything.
 *
 * @throws DESTINATION_EXISTS, NO_SPACE, READ_ONLY, DESTINATION_LOST, DESTINATION_UNWRITABLE, MEDIUM_CHANGED,
 * READ_BACK_MISMATCH, READ_BACK_IMPOSSIBLE, CANCELLED
 */
export async function putFile(
  volume: OpenVolume,
  name: string,
  content: Content,
  { signal, onProgress }: PutOptions = {},
): Promise<PutReport> {
  const report = (phase: 'writing' | 'reading back') => ({
    signal,
    onProgress: (done: number) => onProgress?.(phase, done),
  });
  await volume.assertPresent();
  await makeFolder(volume);
  // A link may lead elsewhere.
  await volume.assertOnIt(volume.folder);
  const path = join(volume.folder, name);
  {
    await using staged = await openStagedFile(path, {
      replace: 'refuse',
      // Whoever holds the medium may read what is on it: on another machine it would be another person's file.
      mode: volume.chosen === null ? 0o600 : 0o644,
      expectedSize: content.size,
      ...(signal && { signal }),
    });
    await volume.assertOnIt(staged.temporaryPath);
    try {
      await copyBytes(content, staged.fd, report('writing'));
    } catch (cause) {
      throw await destinationError(cause, path, { witness: staged.temporaryPath });
    }
    await staged.commit();
  }
  try {
    const proof = await prove(volume, name, content, report('reading back'));
    // It may be mounted elsewhere by now.
    return { path: join(volume.folder, name), proof };
  } catch (cause) {
    await takeAway(volume, name).catch(() => undefined);
    throw isSystemError(cause)
      ? mediaError('DESTINATION_LOST', `${path} cannot be read back (${cause.code})`, { cause })
      : cause;
  }
}

/** What is not proven does not stay; what has its name on another file system is not ours. */
async function takeAway(volume: OpenVolume, name: string): Promise<void> {
  const path = join(volume.folder, name);
  await volume.assertOnIt(path);
  await unlink(path);
  await syncFolder(dirname(path));
}

async function prove(
  volume: OpenVolume,
  name: string,
  content: Content,
  options: Parameters<typeof compareBytes>[3],
): Promise<Proof> {
  const forgotten = await volume.forget();
  const path = join(volume.folder, name);
  if ((await lstatOrNull(path)) === null) {
    throw mediaError('READ_BACK_MISMATCH', `${path} was written, and is not there any more`);
  }
  await volume.assertOnIt(path);
  await using written = await openPastCache(path);
  if (!forgotten && !written.direct && volume.chosen !== null) {
    throw mediaError(
      'READ_BACK_IMPOSSIBLE',
      `${path} can only be read through the system’s memory`,
    );
  }
  await compareBytes(content, written, path, options);
  if (forgotten) return 'remounted';
  return written.direct ? 'direct' : 'cached';
}

/** The folder of backups, durable itself before anything is put into it. */
async function makeFolder({ folder, root }: OpenVolume): Promise<void> {
  try {
    const there = await stat(folder).catch(() => null);
    if (there?.isDirectory() === true) return;
    await mkdir(folder);
    await permitted(chmod(folder, 0o755));
    await syncFolder(root);
  } catch (cause) {
    throw await destinationError(cause, folder, { witness: root });
  }
}
