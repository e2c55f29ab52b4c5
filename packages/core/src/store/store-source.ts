import { type Secret, throwIfCancelled } from '@holdfast/age';

import { coreError } from '../errors.ts';
import type { SecretSource } from '../ports.ts';

/**
 * A secret of the store, to be backed up. Finishing throws SOURCE_CHANGED when `isCurrent` says that it
 * was rotated since it was opened.
 */
export function storeSource<Opened extends { secret: Secret; version?: number }>(
  name: string,
  open: () => Promise<Opened>,
  isCurrent?: (version: number) => Promise<boolean>,
): SecretSource {
  return {
    name,
    kind: 'file',
    async open({ signal }) {
      throwIfCancelled(signal);
      const { secret, version } = await open();
      const size = secret.bytes.length;
      return {
        size,
        origin: { kind: 'store', what: [name] },
        content: contentOf(secret),
        async finish(bytesRead) {
          throwIfCancelled(signal);
          const current = version === undefined || !isCurrent || (await isCurrent(version));
          if (bytesRead !== size || !current) {
            throw coreError('SOURCE_CHANGED', `${name} was rotated while it was read`);
          }
        },
        async [Symbol.asyncDispose]() {
          secret[Symbol.dispose]();
        },
      };
    },
  };
}

async function* contentOf(secret: Secret): AsyncGenerator<Uint8Array> {
  yield secret.bytes;
}
