import { read } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { throwIfCancelled, type FileInput } from '@holdfast/age';
import { isSystemError } from '@holdfast/media/durable';
import type { OpenSource } from '../ports.ts';

const readAt = promisify(read);

const BLOCK = 1024 * 1024;
const BETWEEN = 20;

/** The bytes of a source, a piece at a time. Each piece is wiped when the next one is asked for, and the last at the end. */
export async function* readContent(
  content: OpenSource['content'],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if ('fd' in content) {
    yield* readFile(content, signal);
    return;
  }
  for await (const bytes of content) {
    try {
      throwIfCancelled(signal);
      yield bytes;
    } finally {
      bytes.fill(0);
    }
  }
}

async function* readFile(
  { fd, offset, size = Infinity }: FileInput,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK);
  try {
    for (let done = 0; done < size;) {
      throwIfCancelled(signal);
      const wanted = Math.min(block.length, size - done);
      const position = offset === undefined ? null : offset + done;
      const count = await readSome(fd, block.subarray(0, wanted), position);
      if (count === 0) return;
      // Nothing has come down the pipe yet.
      if (count === null) await sleep(BETWEEN, undefined, signal ? { signal } : {}).catch(() => 0);
      else {
        yield block.subarray(0, count);
        done += count;
      }
    }
  } finally {
    block.fill(0);
  }
}

async function readSome(
  fd: number,
  block: Uint8Array,
  position: number | null,
): Promise<number | null> {
  try {
    return (await readAt(fd, block, 0, block.length, position)).bytesRead;
  } catch (cause) {
    if (isSystemError(cause, 'EAGAIN')) return null;
    throw cause;
  }
}
