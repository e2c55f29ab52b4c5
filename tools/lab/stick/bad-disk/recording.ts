import { open } from 'node:fs/promises';

import { copyImage } from '../image/copy-image.ts';
import type { Write } from './write-cache.ts';

/** Something that a stick has acknowledged. */
export type DiskEvent = ({ readonly kind: 'write' } & Write) | { readonly kind: 'flush' };

/** A moment at which the power may go: what may be stored by then, in order. */
export interface Cut {
  readonly name: string;
  readonly writes: readonly Write[];
}

/**
 * Every moment at which the power may go, from before the first write to after the last. Between two flushes a
 * stick may store in any order: so also with only one of the writes of that stretch, and without one of them.
 */
export function* cuts(events: readonly DiskEvent[]): Generator<Cut> {
  const safe: Write[] = [];
  let pending: Write[] = [];
  yield { name: 'before write 1', writes: [] };
  for (const event of [...events, { kind: 'flush' } as const]) {
    if (event.kind === 'write') pending.push(event);
    else {
      yield* stretch(safe, pending);
      safe.push(...pending);
      pending = [];
    }
  }
}

function* stretch(safe: readonly Write[], pending: readonly Write[]): Generator<Cut> {
  for (const [index, write] of pending.entries()) {
    const at = safe.length + index + 1;
    // The first alone and all but the last are among those in order.
    if (index > 0) yield { name: `write ${at} alone`, writes: [...safe, write] };
    if (index < pending.length - 1) {
      const others = pending.filter((it) => it !== write);
      yield { name: `without write ${at}`, writes: [...safe, ...others] };
    }
    yield { name: `after write ${at}`, writes: [...safe, ...pending.slice(0, index + 1)] };
  }
}

/** Makes an image of a stick: `base` with `writes` on it. */
export async function replay(base: string, writes: Iterable<Write>, to: string): Promise<void> {
  await copyImage(base, to);
  await using file = await open(to, 'r+');
  for (const { bytes, offset } of writes) await file.write(bytes, 0, bytes.length, offset);
}
