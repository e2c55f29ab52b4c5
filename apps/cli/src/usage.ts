import type { HoldfastError } from '@holdfast/core';

/** A wrong command line. Core is loaded only now that there is something to say. */
export async function usageError(message: string, remedy?: string): Promise<HoldfastError> {
  const { HoldfastError } = await import('@holdfast/core');
  return new HoldfastError('USAGE', message, remedy ?? 'See --help for how this is written.');
}

/** A file that a command line names, and that cannot be read: `what` says which. */
export async function unreadable(
  what: string,
  path: string,
  cause: unknown,
): Promise<HoldfastError> {
  return await usageError(
    `${what} cannot be read: ${path} (${reasonOf(cause)})`,
    'Check the path and who may read it.',
  );
}

/** The operating system's name for what went wrong. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}

/** A password that nobody gave, where nobody can be asked. */
export async function passwordNeeded(what = 'a password'): Promise<Error> {
  const { coreError } = await import('@holdfast/core');
  return coreError('PASSWORD_NEEDED', `${what} is needed, and there is no terminal to ask on`);
}
