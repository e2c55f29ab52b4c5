import { vi } from 'vitest';

/**
 * What `node:timers/promises` has, by the timers that vitest moves; it moves those of that module itself not. To be
 * given to `vi.mock`.
 */
export function promisedTimers(): object {
  return {
    setTimeout: async (
      milliseconds: number,
      value: unknown,
      { signal }: { signal?: AbortSignal | undefined } = {},
    ) =>
      await new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const stop = (): void => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', stop);
          resolve(value);
        }, milliseconds);
        signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}

/** Lets so much time pass. */
export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}
