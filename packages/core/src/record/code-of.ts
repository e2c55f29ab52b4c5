import { HoldfastError } from '@holdfast/age';

/** What the audit log says that something ended with. */
export function codeOf(cause: unknown): string {
  return cause instanceof HoldfastError ? String(cause.code) : 'INTERNAL';
}
