import { LabError } from './lab-error.ts';

export interface Limit {
  readonly signal?: AbortSignal | undefined;
  readonly milliseconds: number;
}

/** Does `work`, and throws when it takes too long or is cancelled; `work` sees that as its signal. */
export async function within<T>(
  what: string,
  limit: Limit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(limit.milliseconds);
  const signal = limit.signal === undefined ? timeout : AbortSignal.any([limit.signal, timeout]);
  const end = Promise.withResolvers<never>();
  const stop = (): void => {
    const seconds = limit.milliseconds / 1000;
    end.reject(
      new LabError(timeout.aborted ? `${what}: not done in ${seconds} s` : `${what}: cancelled`),
    );
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([end.promise, work(signal)]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
