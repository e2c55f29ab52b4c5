import { fstat, read } from 'node:fs';
import { promisify } from 'node:util';

import { DirectReader, throwIfCancelled } from '@holdfast/age';

import { mediaError } from '../errors.ts';
import type { Content, CopyOptions } from './copy-bytes.ts';
import type { OpenedFile } from './open-past-cache.ts';

const readAt = promisify(read);
const statOf = promisify(fstat);
const BLOCK = 8 << 20;

/**
 * Requires that a file holds exactly this content, reading it in the way that it was opened for.
 *
 * @throws READ_BACK_MISMATCH, CANCELLED, and the errors of node:fs as they are
 */
export async function compareBytes(
  content: Content,
  written: OpenedFile,
  path: string,
  { signal, onProgress }: CopyOptions,
): Promise<void> {
  const { size } = await statOf(written.fd);
  if (size !== content.size)
    throw mismatch(path, `it has ${size} bytes instead of ${content.size}`);
  const length = Math.max(1, Math.min(BLOCK, content.size));
  const ours = Buffer.allocUnsafe(length);
  // While one block is compared, the next is on its way from the medium.
  const theirs = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)] as const;
  const reader = new DirectReader(length);
  const fetch = async (into: Buffer, at: number): Promise<number> => {
    let done = 0;
    const wanted = Math.min(length, content.size - at);
    while (done < wanted) {
      const place = into.subarray(done, wanted);
      const count = written.direct
        ? await reader.read(written.fd, place, at + done)
        : (await readAt(written.fd, place, 0, place.length, at + done)).bytesRead;
      if (count === 0) break;
      done += count;
    }
    return done;
  };
  let next = fetch(theirs[0], 0);
  try {
    for (let done = 0, turn = 0; done < content.size; turn = 1 - turn) {
      throwIfCancelled(signal);
      const count = await next;
      const here = theirs[turn as 0 | 1];
      const following = done + count;
      if (count > 0 && following < content.size) {
        next = fetch(theirs[(1 - turn) as 0 | 1], following);
        // It is awaited in the next round, if there is one.
        next.catch(() => undefined);
      }
      const own = await readAt(content.fd, ours, 0, Math.min(length, content.size - done), done);
      if (count === 0 || own.bytesRead === 0) throw mismatch(path, `it ends at byte ${done}`);
      const same = Math.min(count, own.bytesRead);
      if (same !== count || !ours.subarray(0, same).equals(here.subarray(0, same))) {
        throw mismatch(path, `it differs within ${same} bytes from byte ${done} on`);
      }
      done = following;
      onProgress?.(done);
    }
  } finally {
    // Who gives up closes the file, which must not be read from then.
    await next.catch(() => undefined);
  }
}

function mismatch(path: string, how: string): Error {
  return mediaError('READ_BACK_MISMATCH', `${path} does not hold what was written to it: ${how}`);
}
