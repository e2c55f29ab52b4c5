import { itemsLeft, type Choice } from './dependence.ts';

/** What one loss takes, by the keys of a choice. */
export type Keys = ReadonlySet<string>;

export interface PairSearch {
  /** By place in the list that was given. */
  readonly pairs: readonly (readonly [first: number, second: number])[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

/**
 * Finds pairs of losses that leave nothing of a choice, though neither does alone. Most losses cannot be half of
 * such a pair, which is seen at once; the search ends with the first pair beyond `limit`.
 */
export function pairsThatEnd(choice: Choice, losses: readonly Keys[], limit: number): PairSearch {
  const pairs: (readonly [number, number])[] = [];
  const halves = possibleHalves(choice, losses);
  for (const [at, first] of halves.entries()) {
    for (const second of halves.slice(at + 1)) {
      const together = new Set([...first.keys, ...second.keys]);
      if (itemsLeft(choice, together) > 0) continue;
      if (pairs.length === limit) return { pairs, more: true };
      pairs.push([first.place, second.place]);
    }
  }
  return { pairs, more: false };
}

interface Half {
  readonly place: number;
  readonly keys: Keys;
  /** How many shares of each group it takes. */
  readonly taken: ReadonlyMap<number, number>;
}

/** Those losses that could leave nothing if a second one took as much of each group as any loss does. */
function possibleHalves(choice: Choice, losses: readonly Keys[]): readonly Half[] {
  const halves = losses
    .map((keys, place) => ({ place, keys, taken: sharesTaken(choice, keys) }))
    .filter(({ taken }) => taken.size > 0);
  const most = new Map<number, number>();
  for (const { taken } of halves) {
    for (const [group, count] of taken) most.set(group, Math.max(most.get(group) ?? 0, count));
  }
  return halves.filter(({ taken }) => {
    const within = new Set<number>();
    for (const [group, { item, spare }] of choice.groups.entries()) {
      const bound = (taken.get(group) ?? 0) + (most.get(group) ?? 0);
      if (bound > spare) within.add(item);
    }
    return within.size === choice.items;
  });
}

function sharesTaken({ hits }: Choice, keys: Keys): ReadonlyMap<number, number> {
  const shares = new Map<number, Set<number>>();
  for (const key of keys) {
    for (const { group, share } of hits.get(key) ?? []) {
      shares.set(group, (shares.get(group) ?? new Set()).add(share));
    }
  }
  return new Map([...shares].map(([group, all]) => [group, all.size]));
}
