import type { ErrorCode } from '@holdfast/core';
import { EXIT_CODE } from '../exit-code.ts';

/** What a service refused, by its own code where the command line knows it. */
export async function inOurWords(cause: unknown): Promise<unknown> {
  const [{ ApiProblem, ServiceUnreachable }, { coreError }] = await Promise.all([
    import('@holdfast/api/client'),
    import('@holdfast/core'),
  ]);
  if (cause instanceof ApiProblem) return await toldBy(cause);
  if (!(cause instanceof ServiceUnreachable)) return cause;
  const why = cause.cause instanceof Error ? `: ${innermost(cause.cause)}` : '';
  return coreError('SERVICE_UNREACHABLE', `${cause.message}${why}`, { cause });
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** A failure that a service tells of, as if it had happened here. */
export async function toldBy({ code, message, remedy }: Told): Promise<Error> {
  const { HoldfastError } = await import('@holdfast/core');
  if (isKnown(code)) return new HoldfastError(code, message, remedy);
  return new HoldfastError('SERVICE_REFUSED', `${message} (${code})`, remedy);
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(EXIT_CODE, code);
}

function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : error.message;
}
