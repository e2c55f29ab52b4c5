import { CkrError } from './ckr-error.ts';

/** More of anything than this comes from a module that has lost its mind. */
const MOST = 16_384;

const HIDDEN: ReadonlySet<string> = new Set([
  'CKR_ATTRIBUTE_TYPE_INVALID',
  'CKR_ATTRIBUTE_SENSITIVE',
  'CKR_ATTRIBUTE_VALUE_INVALID',
]);

/** Whether an attribute is not there, or not to be shown. */
export function isHidden(error: unknown): boolean {
  return error instanceof CkrError && HIDDEN.has(error.ckr);
}

export function few<T>(name: string, all: T[]): T[] {
  if (all.length > MOST) throw new CkrError(name, 'an absurd number of entries');
  return all;
}
