import { throwIfCancelled } from '@holdfast/age';

import type { Medium } from '../ports.ts';
import { openPulse, type ListenToUsb } from './pulse.ts';

/** What came, went, or changed (was mounted, formatted, write-protected). */
export interface MediaEvent {
  readonly kind: 'attached' | 'detached' | 'changed';
  readonly medium: Medium;
}

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** For tests: where to hear of USB devices. */
  readonly listen?: ListenToUsb | undefined;
}

/** Where containers come and go all the time, mounts never settle: after so many beats it is looked at anyway. */
const LONG_ENOUGH = 8;

/** What is looked at. */
export interface Watched {
  list(signal?: AbortSignal): Promise<readonly Medium[]>;
  fingerprint(): Promise<string>;
}

/**
 * All media now, and again whenever that has changed. Other gadgets come and go unseen: the system's own list
 * decides, events only tell when to look.
 *
 * @throws CANCELLED when `signal` fires
 */
export async function* mediaAsTheyChange(
  watched: Watched,
  { signal, listen }: WatchOptions = {},
): AsyncGenerator<readonly Medium[]> {
  throwIfCancelled(signal);
  await using pulse = await openPulse(listen);
  let lastPrint = await watched.fingerprint();
  let looked: string | null = null;
  let lastSeen = '';
  let restless = 0;
  for (;;) {
    const print = await watched.fingerprint();
    // While it still changes, udev has not yet said what is on it.
    const settled = print === lastPrint || restless >= LONG_ENOUGH;
    restless = settled ? 0 : restless + 1;
    lastPrint = print;
    if (settled && print !== looked) {
      looked = print;
      const media = await watched.list(signal);
      const seen = JSON.stringify(media.map(withoutFreeSpace));
      if (seen !== lastSeen) {
        lastSeen = seen;
        yield media;
      }
    }
    if (!settled) pulse.excite();
    await pulse.next(signal).catch((cause: unknown) => {
      throwIfCancelled(signal);
      throw cause;
    });
  }
}

/** Attach and detach, from now on. A medium that comes back is another one, whatever its name. */
export async function* mediaEvents(
  watched: Watched,
  options: WatchOptions = {},
): AsyncGenerator<MediaEvent> {
  let before: readonly Medium[] | null = null;
  for await (const media of mediaAsTheyChange(watched, options)) {
    if (before !== null) yield* difference(before, media);
    before = media;
  }
}

export function* difference(
  before: readonly Medium[],
  after: readonly Medium[],
): Generator<MediaEvent> {
  const old = new Map(before.map((medium) => [keyOf(medium), medium]));
  const here = new Set(after.map(keyOf));
  for (const medium of before) if (!here.has(keyOf(medium))) yield { kind: 'detached', medium };
  for (const medium of after) {
    const former = old.get(keyOf(medium));
    if (former === undefined) yield { kind: 'attached', medium };
    else if (
      JSON.stringify(withoutFreeSpace(former)) !== JSON.stringify(withoutFreeSpace(medium))
    ) {
      yield { kind: 'changed', medium };
    }
  }
}

function keyOf({ node, sequence }: Medium): string {
  return `${sequence} ${node}`;
}

function withoutFreeSpace(medium: Medium): object {
  return { ...medium, volumes: medium.volumes.map((volume) => ({ ...volume, free: null })) };
}
