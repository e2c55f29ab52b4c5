import { ageError } from './error.ts';

/** Throws CANCELLED once `signal` was aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}

/** The result of what cannot be called off, unless `signal` is aborted first; it is then left to itself. */
export async function orCancelled<T>(
  result: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await result;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(cancelled(signal));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function cancelled(signal: AbortSignal): Error {
  return ageError('CANCELLED', 'it was cancelled', { cause: signal.reason });
}
