import type { Writable } from 'node:stream';

import { throwIfCancelled } from '@holdfast/age';
import { isSystemError } from '@holdfast/media/durable';

/** Writes all of it, each piece flushed before the next is asked for; does not end the stream. */
export async function writeAll(
  plaintext: AsyncIterable<Uint8Array>,
  stream: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  // The callback tells of a failure; the event comes after it, and unheard it would end the program.
  const ignore = (): void => undefined;
  stream.on('error', ignore);
  for await (const bytes of plaintext) {
    throwIfCancelled(signal);
    await new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
  throwIfCancelled(signal);
  stream.off('error', ignore);
}

/** Whether the reading end is gone. */
export function isGone(cause: unknown): boolean {
  return (
    isSystemError(cause, 'EPIPE', 'ECONNRESET') ||
    (cause instanceof Error &&
      'code' in cause &&
      (cause.code === 'ERR_STREAM_DESTROYED' || cause.code === 'ERR_STREAM_WRITE_AFTER_END'))
  );
}
