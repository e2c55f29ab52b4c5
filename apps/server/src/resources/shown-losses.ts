import type { Losses } from '@holdfast/core';

type ShownLosses = Omit<Losses, 'single' | 'pairs'> & {
  readonly single: Losses['single'][number][];
  readonly pairs: string[][];
};

/** The same, as lists that may be written to. */
export function shownLosses({ single, pairs, ...rest }: Losses): ShownLosses {
  return { ...rest, single: [...single], pairs: pairs.map((pair) => [...pair]) };
}
