import type { ServiceJobState } from '@holdfast/core/service';

/** A job in one of these goes on no more. */
const ENDED = [
  'finished',
  'failed',
  'cancelled',
  'interrupted',
  'rejected',
  'expired',
] as const satisfies readonly ServiceJobState[];

export function hasEnded(state: ServiceJobState): boolean {
  return ENDED.some((each) => each === state);
}
