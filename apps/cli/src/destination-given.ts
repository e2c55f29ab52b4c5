import { stat } from 'node:fs/promises';
import type { ChosenVolume, Config, CopyTarget } from '@holdfast/core';
import { usageError } from './usage.ts';
import type { CommandRun } from './with-run.ts';

export interface DestinationArgs {
  readonly to: string | readonly string[];
  readonly copies?: number | undefined;
  readonly keep?: number | undefined;
  readonly noEject?: boolean | undefined;
  readonly force: boolean;
}

/** One file to make, or a copy on each of some media and in folders. */
export type Destination =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'copies'; readonly to: readonly CopyTarget[] };

const MOST = 20;

/** Finds out what `--to` means, waits for the media that it names, and asks about those that are new here. */
export async function destinationGiven(
  args: DestinationArgs,
  { run, config }: Pick<CommandRun, 'run'> & { readonly config: Pick<Config, 'media'> },
): Promise<Destination> {
  const { admitMedia, assertDestination } = await import('@holdfast/core');
  const { copies, keep, force } = args;
  await assertCount('--copies', copies);
  await assertCount('--keep', keep);
  const places = typeof args.to === 'string' ? [args.to] : args.to;
  const [first = '', ...more] = places;
  if (more.length === 0 && !(await isPlaceForCopies(first))) {
    const odd = copies !== undefined ? '--copies' : keep !== undefined ? '--keep' : null;
    if (odd !== null) throw await usageError(`${odd} goes with --to usb or a folder`);
    await assertDestination(first, { replace: force ? 'overwrite' : 'refuse' });
    return { kind: 'file', path: first };
  }
  if (copies !== undefined && more.length > 0) {
    throw await usageError('give --copies, or --to several times, not both');
  }
  const to: CopyTarget[] = [];
  for (const place of places) {
    if (!(await isPlaceForCopies(place))) {
      throw await usageError(`of several destinations each is a medium or a folder: not ${place}`);
    }
    to.push(...(await targetsAt(place, copies ?? 1, to, run)));
  }
  await admitMedia(to.flatMap(chosenIn), config.media, run);
  return { kind: 'copies', to };
}

async function isPlaceForCopies(place: string): Promise<boolean> {
  const { isSelector } = await import('@holdfast/core');
  if (isSelector(place)) return true;
  return await stat(place).then(
    (status) => status.isDirectory(),
    () => false,
  );
}

async function targetsAt(
  place: string,
  count: number,
  before: readonly CopyTarget[],
  run: CommandRun['run'],
): Promise<CopyTarget[]> {
  const { chooseVolumes, isSelector, parseSelector } = await import('@holdfast/core');
  if (!isSelector(place)) {
    if (count > 1)
      throw await usageError('--copies goes with --to usb: give each folder with --to');
    return [{ kind: 'folder', path: place }];
  }
  const selector = parseSelector(place);
  if (selector.item !== null) throw await usageError(`${place} names a backup, not a medium`);
  const taken = before.flatMap(chosenIn);
  const chosen = await chooseVolumes({ selector, count, access: 'write', taken }, run);
  return chosen.map((it) => ({ kind: 'medium', chosen: it }));
}

function chosenIn(target: CopyTarget): ChosenVolume[] {
  return target.kind === 'medium' ? [target.chosen] : [];
}

async function assertCount(option: string, count: number | undefined): Promise<void> {
  if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= MOST)) return;
  throw await usageError(`${option} takes a whole number from 1 to ${String(MOST)}`);
}
