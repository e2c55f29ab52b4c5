import { read, write } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { orCancelled, throwIfCancelled } from '../cancel.ts';
import { readDirect } from '../payload/direct-read.ts';
import type { FileEnd } from '../payload/file-end.ts';

const readFd = promisify(read);
const writeFd = promisify(write);
const PAUSE = 5;

/** Reads up to `length` bytes, `skip` bytes after where a positional `end` begins; none: its end. */
export async function readSome(
  end: FileEnd,
  skip: number,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  const position = end.offset === null ? null : end.offset + skip;
  const bytesRead = await whenReady(signal, async () => {
    if (end.direct && position !== null) return await readDirect(end.fd, buffer, position);
    return (await readFd(end.fd, buffer, 0, length, position)).bytesRead;
  });
  return buffer.subarray(0, bytesRead);
}

/** Writes all of `bytes` where `end` begins. */
export async function writeAll(
  end: FileEnd,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const from = written;
    const position = end.offset === null ? null : end.offset + from;
    written += await whenReady(signal, async () => {
      return (await writeFd(end.fd, bytes, from, bytes.length - from, position)).bytesWritten;
    });
  }
}

/** A pipe or terminal that does not block says "again" while it is empty or full. */
async function whenReady(
  signal: AbortSignal | undefined,
  transfer: () => Promise<number>,
): Promise<number> {
  for (;;) {
    throwIfCancelled(signal);
    try {
      return await orCancelled(transfer(), signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await sleep(PAUSE);
    }
  }
}
