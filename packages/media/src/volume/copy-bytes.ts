import { fdatasync, read, write } from 'node:fs';
import { promisify } from 'node:util';

import { throwIfCancelled } from '@holdfast/age';

const readAt = promisify(read);
const writeAt = promisify(write);
const syncContent = promisify(fdatasync);

const BLOCK = 1 << 20;
const FIRST = 1 << 20;
const MOST = 256 << 20;
/** Milliseconds. */
const SHORT = 250;
const LONG = 1000;

/** A file that is open for reading, and how much of it counts. */
export interface Content {
  readonly fd: number;
  /** Bytes. */
  readonly size: number;
}

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes done so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Writes content to the beginning of an open file. On the way it is synced again and again, about once a second:
 * a slow stick would else fill the memory of the machine, show no progress, and could not be given up.
 *
 * @throws CANCELLED, and the errors of node:fs as they are
 */
export async function copyBytes(
  content: Content,
  to: number,
  { signal, onProgress }: CopyOptions,
): Promise<void> {
  const block = Buffer.allocUnsafe(Math.min(BLOCK, Math.max(1, content.size)));
  let unsynced = 0;
  let allowance = FIRST;
  for (let done = 0; done < content.size;) {
    throwIfCancelled(signal);
    const { bytesRead } = await readAt(
      content.fd,
      block,
      0,
      Math.min(block.length, content.size - done),
      done,
    );
    if (bytesRead === 0) throw new Error('the content became shorter while it was copied');
    for (let put = 0; put < bytesRead;) {
      put += (await writeAt(to, block, put, bytesRead - put, done + put)).bytesWritten;
    }
    done += bytesRead;
    unsynced += bytesRead;
    if (unsynced >= allowance) {
      const started = performance.now();
      await syncContent(to);
      const took = performance.now() - started;
      if (took < SHORT) allowance = Math.min(2 * allowance, MOST);
      else if (took > LONG) allowance = Math.max(allowance / 2, BLOCK);
      unsynced = 0;
    }
    onProgress?.(done - unsynced);
  }
}
