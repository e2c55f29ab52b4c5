import type { Lab } from '../../case.ts';
import { expectThat } from '../../guest/lab-error.ts';
import { BadDisk, type BadDiskOptions } from '../../stick/bad-disk/bad-disk.ts';
import { StickImage, type StickContent } from '../../stick/image/stick-image.ts';
import { UsbStick } from '../../stick/usb-stick.ts';
import { judge, type Verdict } from './judge.ts';
import {
  expectOutcome,
  expectTyped,
  fileOf,
  MediaGuest,
  type BackupOrder,
  type Outcome,
} from './media-guest.ts';

/** What a case can do harm with. */
export interface Bench {
  readonly media: MediaGuest;
  readonly disk: BadDisk;
}

export interface Trial extends Pick<BadDiskOptions, 'real' | 'beyond'> {
  readonly content?: StickContent;
  /** The only outcome that will do; any typed error, without it. */
  readonly wanted?: string;
}

/** What nothing else is said of. */
export const STICK = { mebibytes: 64, format: 'vfat', label: 'BLACK' } as const;

/** Makes a backup on a good stick, has it go wrong, makes another one, and looks at the stick once it is well again. */
export async function tried(
  lab: Lab,
  { content = STICK, wanted, ...options }: Trial,
  harm: (bench: Bench) => void | Promise<void>,
  order: Partial<BackupOrder> = {},
): Promise<string> {
  await using image = await StickImage.open(content);
  await using disk = await BadDisk.open(image.path, options);
  let former: string;
  let outcome: Outcome;
  {
    await using media = await MediaGuest.open(lab);
    const stick = new UsbStick(disk);
    await stick.plug(media.guest);
    former = fileOf(await media.backUp());
    const backup = media.backUp(order);
    // The guest takes its time to begin.
    await Promise.race([harm({ media, disk }), backup]);
    outcome = await backup;
    expectTyped(outcome);
    expectThat(outcome.outcome !== 'done', 'a backup was reported that cannot be there');
    if (wanted !== undefined) expectOutcome(outcome, wanted);
    await stick.unplug();
  }
  const seen = await lookAgain(lab, image, { former, outcome });
  return `${outcome.outcome}${seen.unfinished > 0 ? ', an unfinished file' : ''}, former intact`;
}

/** In another guest, with a stick that is well. */
async function lookAgain(
  lab: Lab,
  image: StickImage,
  expected: { readonly former: string; readonly outcome: Outcome },
): Promise<Verdict> {
  await using media = await MediaGuest.open(lab);
  await new UsbStick(image.path).plug(media.guest);
  const verdict = await judge(media, expected);
  expectThat(!verdict.fresh || expected.outcome.outcome === 'done', 'a final name without success');
  return verdict;
}
