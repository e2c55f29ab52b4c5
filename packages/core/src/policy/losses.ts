import {
  dependenceOf,
  itemsLeft,
  type Backup,
  type Candidate,
  type Dependence,
} from './dependence.ts';
import { lossInWords, type Loss } from './loss.ts';
import { pairsThatEnd, type Keys, type PairSearch } from './pairs.ts';
import { worstOf } from './twins.ts';

/** Whether it can be restored from then on; `perhaps`: that depends on what the backup does not tell. */
export type Restorable = 'yes' | 'perhaps' | 'no';

export interface LossVerdict {
  readonly loss: Loss;
  readonly words: string;
  readonly restorable: Restorable;
}

/** What a backup survives. */
export interface Losses {
  /** While nothing is lost. */
  readonly restorable: boolean;
  /** Each single thing that can be lost. */
  readonly single: readonly LossVerdict[];
  /** Two things whose loss together ends it, though neither does alone; the first few. */
  readonly pairs: readonly (readonly [first: string, second: string])[];
  readonly morePairs: boolean;
}

const MOST_PAIRS = 20;

/**
 * Finds out which losses a backup survives. Where a discreet backup does not say which token, identity or custodian
 * it means, any two may be the same one.
 */
export function lossesOf(backup: Backup): Losses {
  const dependence = dependenceOf(backup);
  const { candidates } = dependence;
  const worst = worstOf(candidates);
  const verdict = verdicts(dependence, worst);
  const single = candidates.map((candidate) => ({
    loss: candidate.loss,
    words: lossInWords(candidate.loss),
    restorable: verdict(candidate),
  }));
  const survived = single.flatMap(({ restorable, words }, place) => {
    const candidate = candidates[place];
    if (restorable !== 'yes' || candidate === undefined || isOnlyAround(candidate)) return [];
    return [{ words, keys: worst(candidate) }];
  });
  const { pairs, more } = endingPairs(
    dependence,
    survived.map(({ keys }) => keys),
  );
  return {
    restorable: !endsWith(dependence, []),
    single: single.toSorted((a, b) => ORDER.indexOf(a.loss.kind) - ORDER.indexOf(b.loss.kind)),
    pairs: pairs.map(([a, b]) => [survived[a]?.words ?? '', survived[b]?.words ?? '']),
    morePairs: more,
  };
}

/** A place where only one thing lies, which makes the same pairs itself. */
function isOnlyAround({ loss: { kind }, keys }: Candidate): boolean {
  return (kind === 'location' || kind === 'machine') && keys.size === 2;
}

const ORDER: readonly Loss['kind'][] = [
  ...(['token', 'password', 'recipient', 'custodian'] as const),
  ...(['medium', 'location', 'folder', 'machine'] as const),
];

/** The single losses that may end it: none is what everyone wants. */
export function singlePoints({ single }: Losses): readonly LossVerdict[] {
  return single.filter(({ restorable }) => restorable !== 'yes');
}

/** Whether nothing can be restored without any of these. */
export function endsWith({ envelopes, copies }: Dependence, keys: Iterable<string>): boolean {
  const gone = [...keys];
  return itemsLeft(envelopes, gone) === 0 || (copies !== null && itemsLeft(copies, gone) === 0);
}

function verdicts(
  dependence: Dependence,
  worst: (candidate: Candidate) => Keys,
): (candidate: Candidate) => Restorable {
  const mayEnd = (candidate: Candidate): boolean => endsWith(dependence, worst(candidate));
  // One answer for all of a kind that nobody names: each may be any of them, and any one that is named besides.
  const unnamed = new Map<Loss['kind'], boolean>();
  const unnamedMayEnd = (candidate: Candidate): boolean => {
    const { kind } = candidate.loss;
    const known =
      unnamed.get(kind) ??
      [candidate, ...dependence.candidates].some(
        (other) => other.loss.kind === kind && mayEnd(other),
      );
    unnamed.set(kind, known);
    return known;
  };
  return (candidate) => {
    if (endsWith(dependence, candidate.keys)) return 'no';
    const perhaps = candidate.unnamed ? unnamedMayEnd(candidate) : mayEnd(candidate);
    return perhaps ? 'perhaps' : 'yes';
  };
}

/** Pairs for the envelopes, then for the copies: no loss takes some of both. */
function endingPairs({ envelopes, copies }: Dependence, losses: readonly Keys[]): PairSearch {
  const first = pairsThatEnd(envelopes, losses, MOST_PAIRS);
  if (first.more || copies === null) return first;
  const { pairs, more } = pairsThatEnd(copies, losses, MOST_PAIRS - first.pairs.length);
  return { pairs: [...first.pairs, ...pairs], more };
}
