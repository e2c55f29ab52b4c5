import type { ErrorCode } from '@holdfast/core';
import { EXIT_CODE } from './exit-code.ts';
import { printable } from './to-terminal.ts';

/** A failure as every surface tells it. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

interface CodedError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
}

/** Any error in our words. What is none of ours is a defect. */
export function describeFailure(cause: unknown): Failure {
  const error = unwrap(cause);
  if (isCoded(error)) return { code: error.code, message: error.message, remedy: error.remedy };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'INTERNAL',
    message: `something went wrong that should not: ${message}`,
    remedy: 'This is a defect in Holdfast. Please report it with the command that you ran.',
  };
}

/** Prints a failure on standard error, which is all that a failed command prints. */
export function printFailure(failure: Failure, json: boolean): void {
  const { code, message, remedy } = failure;
  process.stderr.write(
    json
      ? `${JSON.stringify({ error: { code, message, remedy } })}\n`
      : `error: ${printable(message)}\nhint: ${remedy}\n`,
  );
}

// Told by shape, so that a command line that is merely wrong does not have to load core.
function isCoded(error: unknown): error is CodedError {
  return (
    error instanceof Error &&
    error.name === 'HoldfastError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(EXIT_CODE, error.code)
  );
}

/** When disposal failed as well, the first error is the one to tell. */
function unwrap(cause: unknown): unknown {
  let error = cause;
  while (error instanceof SuppressedError) {
    error = isCoded(error.error) ? error.error : error.suppressed;
  }
  return error;
}
