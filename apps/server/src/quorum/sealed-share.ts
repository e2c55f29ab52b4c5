import { coreError } from '@holdfast/core';
import { isSealed } from '@holdfast/core/service';

/** Bytes of the largest share that anybody seals, armored. */
const MOST_SHARE = 64 * 1024;

/** What it is worth shows when it is opened; that it is sealed shows now. @throws SHARE_INVALID */
export function assertSealedShare(bytes: Uint8Array): void {
  if (bytes.length <= MOST_SHARE && isSealed(bytes)) return;
  throw coreError('SHARE_INVALID', 'this is no age file: a share has to be sealed for the session');
}
