import { fdatasync, read, write } from 'node:fs';
import { promisify } from 'node:util';

import { throwIfCancelled } from '@holdfast/age';

const readAt = promisify(read);
const writeAt = promisify(write);
const syncContent = promisify(fdatasync);

/** Bytes. A hop to another thread costs as much as a mebibyte on a machine that was idle: large blocks, then. */
const MOST_AT_ONCE = 8 << 20;
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
 * a slow stick would else fill the memory of the machine, show no progress, and could not be given up. The next part
 * is written meanwhile. What was written last is not synced yet.
 *
 * @throws CANCELLED, and the errors of node:fs as they are
 */
export async function copyBytes(
  content: Content,
  to: number,
  { signal, onProgress }: CopyOptions,
): Promise<void> {
  const pace = new Pace();
  const size = Math.min(MOST_AT_ONCE, Math.max(1, content.size));
  // While one block is written, the next one is read.
  const blocks = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)] as const;
  const fetch = async (into: Buffer, at: number): Promise<number> =>
    (await readAt(content.fd, into, 0, Math.min(size, pace.allowance, content.size - at), at))
      .bytesRead;
  let syncing: Promise<void> = Promise.resolve();
  let next = fetch(blocks[0], 0);
  let begun = 0;
  let done = 0;
  try {
    for (let turn: 0 | 1 = 0; done < content.size; turn = turn === 0 ? 1 : 0) {
      throwIfCancelled(signal);
      const count = await next;
      if (count === 0) throw new Error('the content became shorter while it was copied');
      if (done + count < content.size) next = fetch(blocks[turn === 0 ? 1 : 0], done + count);
      for (let put = 0; put < count;) {
        put += (await writeAt(to, blocks[turn], put, count - put, done + put)).bytesWritten;
      }
      done += count;
      if (done - begun < pace.allowance) continue;
      // Never more than one part ahead of what the medium has.
      await syncing;
      onProgress?.(begun);
      begun = done;
      syncing = pace.timed(async () => await syncContent(to));
      syncing.catch(() => undefined);
    }
    await syncing;
  } finally {
    // Both files may be closed after this: nothing may still use them.
    await Promise.allSettled([next, syncing]);
  }
  onProgress?.(done);
}

/** How much to write between two syncs, so that each takes about a second. */
class Pace {
  #allowance = FIRST;

  /** Bytes. */
  get allowance(): number {
    return this.#allowance;
  }

  async timed(sync: () => Promise<void>): Promise<void> {
    const started = performance.now();
    await sync();
    const took = performance.now() - started;
    if (took < SHORT) this.#allowance = Math.min(2 * this.#allowance, MOST);
    else if (took > LONG) this.#allowance = Math.max(this.#allowance / 2, FIRST);
  }
}
