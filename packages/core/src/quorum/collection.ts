import { Secret } from '@holdfast/age';
import { coreError } from '../errors.ts';
import type { QuorumEnvelope, SharePlace } from './judge.ts';
import type { Share } from './share.ts';
import { openCombined } from './split.ts';

/** The shares of one envelope that are together so far, in any order. Disposing wipes them. */
export interface Collection extends QuorumEnvelope, Disposable {
  /** Names of custodians, in the order in which their shares came. */
  readonly have: readonly string[];
  readonly isComplete: boolean;
  /**
   * Takes a copy of a share that was judged.
   *
   * @throws SHARE_DUPLICATE
   */
  take(share: Share, place: SharePlace): void;
  /** What was split. To be called when it is complete; the result is the caller's to dispose. */
  openWhole(): Promise<Secret>;
}

export function openCollection({ entry, quorum }: QuorumEnvelope): Collection {
  const held = new DisposableStack();
  const taken = new Map<string, { readonly index: number; readonly value: Secret }>();
  return {
    entry,
    quorum,
    get have() {
      return [...taken.keys()];
    },
    get isComplete() {
      return taken.size >= quorum.threshold;
    },
    take({ index, value }, { custodian: { name } }) {
      if (taken.has(name)) {
        throw coreError('SHARE_DUPLICATE', `the share of ${name} is here already`);
      }
      taken.set(name, { index, value: held.use(Secret.copy(value.bytes)) });
    },
    async openWhole() {
      if (taken.size < quorum.threshold) {
        throw coreError('INTERNAL', 'too few shares were to be put together');
      }
      return await openCombined([...taken.values()].slice(0, quorum.threshold));
    },
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}

/** How far a collection has come, and who could bring the rest: `1 of 2 shares: alice; to come: bob or carol`. */
export function progressInWords({ quorum, have }: Pick<Collection, 'quorum' | 'have'>): string {
  const those = have.length === 0 ? '' : `: ${have.join(', ')}`;
  const missing = quorum.custodians.map(({ name }) => name).filter((name) => !have.includes(name));
  const shown = missing.length > 20 ? [...missing.slice(0, 20), '…'] : missing;
  return `${String(have.length)} of ${String(quorum.threshold)} shares${those}; to come: ${shown.join(', ')}`;
}
