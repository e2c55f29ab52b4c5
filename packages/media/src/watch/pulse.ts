import { setTimeout as sleep } from 'node:timers/promises';

/** Says when it is worth looking at the disks again. */
export interface Pulse extends AsyncDisposable {
  /** Beats quickly for a while. */
  excite(): void;
  /** Resolves at the next beat; rejects when `signal` fires. */
  next(signal: AbortSignal | undefined): Promise<void>;
}

/** Slow enough to be nothing, quick enough for a person who waits. */
const SLOW = 2000;
const QUICK = 250;
/** A disk is there some two seconds after its USB device, and known to udev a moment later. */
const EXCITED = 8000;

/**
 * Beats slowly, and quickly for a while after anything was plugged in or out. Where USB events are not to be
 * had (no driver, no udevd, an SD slot) the slow beat alone finds out.
 */
export async function openPulse(listen: ListenToUsb = listenToUsb): Promise<Pulse> {
  let excitedUntil = 0;
  let last = -QUICK;
  let wake = (): void => undefined;
  const excite = (): void => {
    excitedUntil = performance.now() + EXCITED;
    wake();
  };
  const stop = await listen(excite);
  return {
    excite,
    async next(signal) {
      const pause = performance.now() < excitedUntil ? QUICK : SLOW;
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const timer = new AbortController();
      const either = signal === undefined ? timer.signal : AbortSignal.any([timer.signal, signal]);
      const slept = sleep(pause, undefined, { signal: either });
      try {
        await Promise.race([slept, woken]);
      } finally {
        timer.abort();
        slept.catch(() => undefined);
      }
      signal?.throwIfAborted();
      // A loose plug makes hundreds of events.
      const rest = last + QUICK - performance.now();
      if (rest > 0) await sleep(rest, undefined, { signal });
      last = performance.now();
    },
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** Calls back at every event; resolves to what ends that. */
export type ListenToUsb = (onEvent: () => void) => Promise<() => Promise<void>>;

/** The one place that the native driver is imported; it may not be installed, or find no bus. */
const listenToUsb: ListenToUsb = async (onEvent) => {
  try {
    const { usb } = await import('usb');
    // Without a USB bus this throws; so would listening, but where nobody could catch it.
    await usb.getDevices();
    usb.addEventListener('connect', onEvent);
    usb.addEventListener('disconnect', onEvent);
    return async () => {
      usb.removeEventListener('connect', onEvent);
      usb.removeEventListener('disconnect', onEvent);
    };
  } catch {
    return async () => undefined;
  }
};
