import { mediaError } from '@holdfast/media/durable';
import { Secret, throwIfCancelled } from '@holdfast/age';
import { timingSafeEqual } from 'node:crypto';

import type { StreamTarget } from '../ports.ts';
import type { StoreParts } from './parts.ts';

/** Values are held in memory as a whole. */
const LARGEST = 64 * 1024 * 1024;

/** The store as a place to restore to. */
export function storeTarget(name: string, store: StoreParts): StreamTarget {
  return {
    kind: 'stream',
    where: `the secret ${name} in the store`,
    accepts: ['file'],
    async prepare() {
      await store.prepare(name);
    },
    async consume(plaintext, { signal }) {
      await store.prepare(name);
      using value = await collect(plaintext, signal);
      const former = await store.currentVersion(name);
      if (former > 0) {
        // A damaged version is no reason not to restore: it is what one restores for. Nor is a lost token:
        // where tokens hold the store, nobody is asked for a PIN only to compare.
        using current = await store.openCurrent(name, { withToken: false }).catch(() => null);
        if (current !== null && isSame(current.secret, value)) return null;
      }
      await store.add(name, former, value);
      return null;
    },
  };
}

async function collect(
  plaintext: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<Secret> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of plaintext) {
      throwIfCancelled(signal);
      pieces.push(Uint8Array.from(piece));
      size += piece.length;
      if (size > LARGEST) {
        throw mediaError('DESTINATION_INVALID', 'the store takes secrets of up to 64 MiB');
      }
    }
    throwIfCancelled(signal);
    const whole = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return Secret.take(whole);
  } finally {
    for (const piece of pieces) piece.fill(0);
  }
}

function isSame(one: Secret, other: Secret): boolean {
  return one.bytes.length === other.bytes.length && timingSafeEqual(one.bytes, other.bytes);
}
