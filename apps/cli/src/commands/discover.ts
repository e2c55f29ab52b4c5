import type { KnownSecret, Preset, Run } from '@holdfast/core';
import type { Context } from '../context.ts';
import { discoveryLines, presetLines } from '../discover-report.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { reasonOf, usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    system: { type: 'string', array: true, describe: 'only these: gitlab, vault, ssh, luks, …' },
  },
  options: {
    root: {
      type: 'string',
      nargs: 1,
      describe: 'folder to take for /, such as a disk that is mounted; / without it',
    },
    all: { type: 'boolean', default: false, describe: 'list what was not found too' },
  },
  example: 'discover',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { discover, placesOf } = await import('@holdfast/core');
  const { output } = context;
  const presets = await presetsGiven(args.system ?? []);
  const found = await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    const known = await backedUpBefore(run, output.note);
    return await discover({ root: args.root, presets, known, signal: run.signal });
  });
  output.result(found, () => [
    ...discoveryLines(found, output),
    ...(args.all ? presetLines(found.notFound, placesOf) : []),
  ]);
}

/** A word names one preset, all of one system, or all whose names go on after it with a dash. */
async function presetsGiven(words: readonly string[]): Promise<readonly Preset[]> {
  const { closest, PRESETS } = await import('@holdfast/core');
  const fits = (word: string, { id, system }: Preset): boolean =>
    id === word || id.startsWith(`${word}-`) || system.toLowerCase() === word;
  const wanted = words.map((word) => word.toLowerCase());
  for (const [place, word] of wanted.entries()) {
    if (PRESETS.some((preset) => fits(word, preset))) continue;
    const names = PRESETS.flatMap(({ id, system }) => [id, system.toLowerCase()]);
    const near = closest(word, names);
    throw await usageError(
      `${words[place] ?? word} is not among the systems that are looked for`,
      near === null
        ? 'See what is looked for with: holdfast discover --all.'
        : `Did you mean ${near}?`,
    );
  }
  return wanted.length === 0
    ? PRESETS
    : PRESETS.filter((preset) => wanted.some((word) => fits(word, preset)));
}

/** What the catalog has; without one, everything is told as it is found. */
async function backedUpBefore(
  run: Pick<Run, 'catalog'>,
  note: (text: string) => void,
): Promise<readonly KnownSecret[]> {
  const { HoldfastError, knownSecrets } = await import('@holdfast/core');
  try {
    return await knownSecrets(run);
  } catch (cause) {
    const expected = cause instanceof HoldfastError;
    if (!expected && reasonOf(cause) === 'unknown') throw cause;
    const why = expected ? cause.message : `there is no way to its folder (${reasonOf(cause)})`;
    note(`note: the catalog does not tell what is backed up: ${why}`);
    return [];
  }
}
