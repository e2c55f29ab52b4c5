import type { Candidate } from './dependence.ts';
import type { Loss } from './loss.ts';
import type { Keys } from './pairs.ts';

/**
 * Tells what a loss may take at worst: with it goes whatever may be the same thing, because a discreet backup gives
 * it no name. A token may be any token that is not named, and a custodian may hold a share of each envelope.
 */
export function worstOf(candidates: readonly Candidate[]): (candidate: Candidate) => Keys {
  const unnamed = new Map<Loss['kind'], string[]>();
  const kinds = new Map<string, Loss['kind']>();
  const firstOfEach = new Map<number, Candidate>();
  for (const candidate of candidates) {
    const { loss, keys } = candidate;
    if (loss.kind === 'custodian') {
      if (loss.envelope !== null && !firstOfEach.has(loss.envelope))
        firstOfEach.set(loss.envelope, candidate);
      continue;
    }
    for (const key of keys) kinds.set(key, loss.kind);
    if (!candidate.unnamed) continue;
    const others = unnamed.get(loss.kind) ?? [];
    others.push(...keys);
    unnamed.set(loss.kind, others);
  }
  return ({ loss, keys }) => {
    if (unnamed.size === 0 && firstOfEach.size === 0) return keys;
    const all = new Set(keys);
    if (loss.kind === 'custodian' && loss.envelope !== null) {
      for (const [envelope, other] of firstOfEach) {
        if (envelope !== loss.envelope) for (const key of other.keys) all.add(key);
      }
    }
    const touched = new Set([...all].map((key) => kinds.get(key)));
    for (const [kind, others] of unnamed) {
      if (touched.has(kind)) for (const key of others) all.add(key);
    }
    return all;
  };
}
