import { throwIfCancelled } from '@holdfast/age';
import {
  formatSelector,
  selects,
  type ChosenVolume,
  type Medium,
  type Refusal,
  type Selector,
} from '@holdfast/media';
import { mediaError } from '@holdfast/media/durable';
import { idOf, isCalled, knownMediaOrNull } from '../register/known-media.ts';
import type { Run } from '../run.ts';

export type MediaRun = Pick<Run, 'media' | 'mediumSource' | 'signal' | 'catalog'>;

export interface VolumesWanted {
  readonly selector: Selector;
  /** How many, each on a medium of its own. */
  readonly count: number;
  readonly access: 'read' | 'write';
  /** Media that are taken already, for another copy. */
  readonly taken?: readonly ChosenVolume[] | undefined;
}

/** One volume, and why it is not used, if so. */
interface Candidate extends ChosenVolume {
  readonly refusal: Refusal | null;
}

/**
 * Finds the volumes that a selector means, waits for them, and asks when more fit than are wanted. Mounts nothing.
 *
 * @throws MEDIUM_NOT_FOUND, MEDIUM_REFUSED when it was named and is not used, MEDIUM_AMBIGUOUS, CANCELLED
 */
export async function chooseVolumes(
  wanted: VolumesWanted,
  { media, mediumSource, signal, catalog }: MediaRun,
): Promise<readonly ChosenVolume[]> {
  if (media === undefined) throw mediaError('MEDIA_UNSUPPORTED', 'nothing here looks for media');
  const isMeant = await meaningOf(wanted.selector, { catalog });
  using limit = openLimit(signal);
  let failure = notFound(wanted, [], []);
  try {
    for await (const all of media.changes({ signal: limit.signal })) {
      const candidates = candidatesFor(wanted, all, isMeant);
      const usable = candidates.filter(({ refusal }) => refusal === null);
      const here = countSticks(usable);
      if (here >= wanted.count) {
        const chosen = await decide(usable, wanted, mediumSource);
        for (const it of chosen) mediumSource?.mediumFound?.(it);
        return chosen;
      }
      const refused = candidates.filter(({ refusal }) => refusal !== null);
      // Whoever names one means this one: waiting would not change what it is.
      const [named] = wanted.selector.name === null ? [] : refused.filter(isWorthNaming);
      if (named !== undefined && usable.length === 0) throw refusedError(named);
      failure = notFound(wanted, usable, refused);
      const patience = await mediumSource?.waitForMedium?.({
        selector: formatSelector({ ...wanted.selector, item: null }),
        missing: wanted.count - here,
        refused: refused.filter(isFromOutside).map(inWords),
      });
      if (patience === undefined || patience <= 0) throw failure;
      limit.set(patience);
    }
  } catch (cause) {
    throwIfCancelled(signal);
    if (limit.signal.aborted) throw failure;
    throw cause;
  }
  throw failure;
}

interface Limit extends Disposable {
  readonly signal: AbortSignal;
  /** From now on, so many milliseconds are left; may be infinite. */
  set(milliseconds: number): void;
}

function openLimit(signal: AbortSignal | undefined): Limit {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
    set(milliseconds) {
      clearTimeout(timer);
      if (Number.isFinite(milliseconds)) timer = setTimeout(() => late.abort(), milliseconds);
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
    },
  };
}

type IsMeant = (chosen: ChosenVolume) => boolean;

/** A name in the register means that one medium, whatever its label is, and no other that has this for a label. */
async function meaningOf(selector: Selector, run: Pick<MediaRun, 'catalog'>): Promise<IsMeant> {
  const { name } = selector;
  const known = name === null ? [] : ((await knownMediaOrNull(run)) ?? []);
  const row = known.find((it) => name !== null && isCalled(it, name));
  if (row !== undefined) return (chosen) => idOf(chosen) === row.id;
  return ({ medium, volume }) => selects(selector, medium, volume);
}

function candidatesFor(
  { access, taken = [] }: VolumesWanted,
  all: readonly Medium[],
  isMeant: IsMeant,
): Candidate[] {
  const isTaken = (medium: Medium): boolean =>
    taken.some((it) => it.medium.sequence === medium.sequence || isSameStick(it.medium, medium));
  return all
    .filter((medium) => !isTaken(medium))
    .flatMap((medium) =>
      medium.volumes
        .filter((volume) => isMeant({ medium, volume }))
        .map((volume) => {
          const write = access === 'write' ? volume.writeRefusal : null;
          return { medium, volume, refusal: medium.refusal ?? volume.refusal ?? write };
        }),
    );
}

/** One stick under two names is still one. Media without a serial number cannot be told apart like this. */
function isSameStick(one: Medium, other: Medium): boolean {
  if (one === other) return true;
  return one.serial !== null && one.serial === other.serial && one.usbId === other.usbId;
}

function countSticks(volumes: readonly ChosenVolume[]): number {
  const isFirst = ({ medium }: ChosenVolume, at: number): boolean =>
    volumes.findIndex((it) => isSameStick(it.medium, medium)) === at;
  return volumes.filter(isFirst).length;
}

async function decide(
  usable: readonly ChosenVolume[],
  { count }: VolumesWanted,
  mediumSource: Run['mediumSource'],
): Promise<ChosenVolume[]> {
  let left = usable.map(({ medium, volume }) => ({ medium, volume }));
  const chosen: ChosenVolume[] = [];
  while (chosen.length < count) {
    const [only, ...others] = left;
    const missing = count - chosen.length;
    // As many media as are wanted, with one volume each: there is nothing to ask.
    if (only !== undefined && (others.length === 0 || left.length === missing)) {
      chosen.push(only);
    } else {
      const number = chosen.length + 1;
      const picked = await mediumSource?.chooseMedium?.({ candidates: left, number, of: count });
      if (picked === undefined || picked === null) throw ambiguous(left);
      chosen.push(picked);
    }
    const last = chosen.at(-1)?.medium;
    left = left.filter(({ medium }) => last !== undefined && !isSameStick(medium, last));
  }
  return chosen;
}

/** A system has disks of its own that nobody asks about. */
function isFromOutside({ medium }: Candidate): boolean {
  return medium.refusal?.code !== 'built-in';
}

function isWorthNaming({ refusal }: Candidate): boolean {
  return refusal?.code !== 'empty' && refusal?.code !== 'unformatted';
}

function refusedError({ volume, refusal }: Candidate): Error {
  return mediaError('MEDIUM_REFUSED', `${volume.node} is not used: ${refusal?.words ?? ''}`);
}

function ambiguous(left: readonly ChosenVolume[]): Error {
  const names = left.map(nameOf).join(', ');
  return mediaError('MEDIUM_AMBIGUOUS', `more than one medium fits: ${names}`);
}

function notFound(
  { selector, count }: VolumesWanted,
  usable: readonly Candidate[],
  refused: readonly Candidate[],
): Error {
  const text = formatSelector({ ...selector, item: null });
  if (usable.length > 0) {
    const here = countSticks(usable);
    const names = new Set(usable.map(({ medium }) => medium)).size;
    const only = here === 1 ? 'only one is' : `only ${here} are`;
    const but = names === here ? '' : ', under several names';
    return mediaError(
      'MEDIUM_NOT_FOUND',
      `${count} media were wanted for ${text}, and ${only} here${but}`,
    );
  }
  const why = refused.filter(isFromOutside).map(inWords);
  const told = why.map(({ name, reason }) => `; ${name} is not used: ${reason}`).join('');
  return mediaError('MEDIUM_NOT_FOUND', `there is no medium for ${text}${told}`);
}

function inWords(candidate: Candidate): { name: string; reason: string } {
  return { name: candidate.volume.node, reason: candidate.refusal?.words ?? '' };
}

/** A volume as a person would call it: `BLACK (/dev/sdb1)`. */
export function nameOf({ volume, medium }: ChosenVolume): string {
  const name = volume.label ?? medium.product;
  return name === null ? volume.node : `${name} (${volume.node})`;
}
