import { HoldfastError } from '@holdfast/age';

/** Whether this is a typed error with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is HoldfastError {
  return error instanceof HoldfastError && codes.includes((error as HoldfastError).code);
}
