import { type FileInput, throwIfCancelled } from '@holdfast/age';

import { coreError } from '../errors.ts';
import type { SecretSource } from '../ports.ts';

/**
 * What comes in on standard input (descriptor 0), another descriptor, or any stream; it stays the
 * caller's to close. Finishing throws SOURCE_EMPTY.
 */
export function sourceFromStdin(input: number | AsyncIterable<Uint8Array> = 0): SecretSource {
  const content: FileInput | AsyncIterable<Uint8Array> =
    typeof input === 'number' ? { fd: input } : input;
  return {
    name: 'stdin',
    kind: 'file',
    async open({ signal }) {
      throwIfCancelled(signal);
      return await Promise.resolve({
        size: null,
        content,
        async finish(bytesRead: number) {
          throwIfCancelled(signal);
          if (bytesRead === 0) throw coreError('SOURCE_EMPTY', 'standard input was empty');
        },
        [Symbol.asyncDispose]: async () => await Promise.resolve(),
      });
    },
  };
}
