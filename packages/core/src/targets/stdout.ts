import type { Writable } from 'node:stream';

import { throwIfCancelled } from '@holdfast/age';
import { destinationError, mediaError } from '@holdfast/media/durable';
import type { StreamTarget } from '../ports.ts';
import { isGone, writeAll } from './write-all.ts';

/** Standard output, or any other stream; it stays the caller's to end. Throws DESTINATION_LOST when nobody reads on. */
export function toStdout(stream: Writable): StreamTarget {
  return {
    kind: 'stream',
    where: 'standard output',
    accepts: ['file', 'tar'],
    async consume(plaintext, { signal }) {
      throwIfCancelled(signal);
      try {
        await writeAll(plaintext, stream, signal);
        return null;
      } catch (cause) {
        if (isGone(cause)) {
          throw mediaError('DESTINATION_LOST', 'standard output was closed before the end', {
            cause,
          });
        }
        throw await destinationError(cause, 'standard output');
      }
    },
  };
}
