import { median } from './table.ts';

/** Seconds of one run of something. */
export type Run = () => Promise<number> | number;

/**
 * Runs everything once, then again, round after round, so that what else the machine does strikes all alike.
 * Resolves to the median of each, in seconds. The first round warms up and does not count.
 */
export async function interleaved<Name extends string>(
  rounds: number,
  runs: Readonly<Record<Name, Run>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(runs) as Name[];
  const taken = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const seconds = await runs[name]();
      if (round > 0) taken.get(name)?.push(seconds);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}
