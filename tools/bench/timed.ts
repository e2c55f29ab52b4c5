import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { median } from './table.ts';

/** What one run took. */
export interface Cost {
  /** Seconds on the clock, of the whole command line. */
  readonly wall: number;
  /** Seconds of all cores, of the measured program alone. */
  readonly cpu: number;
  /** The most memory that the measured program held, in MB. */
  readonly peak: number;
}

/** A line for the shell; `$T` stands before the program that is measured. */
export type CommandLine = string;

/** Runs a line in `folder`, which must work. */
export function timed(folder: string, line: CommandLine): Cost {
  const report = join(folder, 'cost');
  const started = performance.now();
  const { status, stderr } = spawnSync('sh', ['-c', line], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', T: `/usr/bin/time -o ${report} -f %U_%S_%M` },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const wall = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${line} ended with ${status ?? 'a signal'}: ${stderr}`);
  const [user = 0, system = 0, kibibytes = 0] = readFileSync(report, 'utf8').split('_').map(Number);
  return { wall, cpu: user + system, peak: kibibytes / 1024 };
}

/** Runs all lines in turn, round after round, the first round for warmth; medians, and the highest peak. */
export function timedInTurn<Name extends string>(
  folder: string,
  rounds: number,
  lines: Readonly<Record<Name, CommandLine>>,
): Record<Name, Cost> {
  const names = Object.keys(lines) as Name[];
  const costs = new Map<Name, Cost[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const cost = timed(folder, lines[name]);
      if (round > 0) costs.get(name)?.push(cost);
    }
  }
  const summed = (name: Name): Cost => {
    const all = costs.get(name) ?? [];
    return {
      wall: median(all.map(({ wall }) => wall)),
      cpu: median(all.map(({ cpu }) => cpu)),
      peak: Math.max(...all.map(({ peak }) => peak)),
    };
  };
  return Object.fromEntries(names.map((name) => [name, summed(name)])) as Record<Name, Cost>;
}
