import { HoldfastError } from '../error.ts';

/** The code of a typed error; of anything else, what it is. */
export function codeOf(error: unknown): string {
  if (!(error instanceof HoldfastError)) return `not a typed error: ${String(error)}`;
  return (error as HoldfastError).code;
}

/** The code with which `action` fails. */
export function codeThrown(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return codeOf(error);
  }
  return 'no error';
}
