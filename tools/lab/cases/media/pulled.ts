import type { Lab, LabCase } from '../../case.ts';
import { BadDisk } from '../../stick/bad-disk/bad-disk.ts';
import type { Operation } from '../../stick/bad-disk/fault.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { UsbStick } from '../../stick/usb-stick.ts';
import { countWords, judge } from './judge.ts';
import { expectTyped, fileOf, MediaGuest } from './media-guest.ts';

const FORMATS = ['vfat', 'exfat', 'ntfs', 'ext4'] as const;
type Format = (typeof FORMATS)[number];

/** How many moments are tried with each file system. */
const MOMENTS = { important: 4, whole: 6 } as const;
const SIZE = 3_000_000;

/** Pulled out while it is written to, synced, renamed on and read back. */
export const PULL_CASES: readonly LabCase[] = FORMATS.map((format) => ({
  name: `pull/${format}`,
  rule: 'pulled at any moment: a typed error or a true success, the former backup whole, nothing hung',
  whole: format === 'exfat' || format === 'ntfs',
  run: async (lab: Lab) => await pullAtMoments(lab, format),
}));

interface Moment {
  readonly on: Operation;
  /** How many requests of that kind are answered before. */
  readonly after: number;
}

async function pullAtMoments(lab: Lab, format: Format): Promise<{ seen: string; tried: number }> {
  await using image = await StickImage.open({ mebibytes: 64, format, label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  const former = await makeFormer(media, image);
  const moments = await momentsOf(media, image, lab.whole ? MOMENTS.whole : MOMENTS.important);
  const seen: string[] = [];
  for (const moment of moments) {
    const copy = await image.copy('pulled');
    await using disk = await BadDisk.open(copy);
    const stick = new UsbStick(disk);
    await stick.plug(media.guest);
    const fault = disk.breaks({ ...moment, does: 'hang', count: 1 });
    const backup = media.backUp({ size: SIZE });
    await Promise.race([fault.met, backup]);
    await stick.unplug();
    const outcome = await backup;
    expectTyped(outcome);
    // Nothing of it may stay mounted, or the next stick could be taken for it.
    await media.guest.check('! grep -q /run/holdfast /proc/mounts');
    const again = new UsbStick(copy);
    await again.plug(media.guest);
    const { fresh } = await judge(media, { former, outcome });
    await again.unplug();
    seen.push(`${outcome.outcome}${fresh ? ' with the new one there' : ''}`);
  }
  return { seen: countWords(seen), tried: moments.length };
}

async function makeFormer(media: MediaGuest, image: StickImage): Promise<string> {
  const stick = new UsbStick(image.path);
  await stick.plug(media.guest);
  const former = fileOf(await media.backUp());
  await stick.unplug();
  return former;
}

/** Evenly over all requests of a backup that nothing happens to, and at each flush. */
async function momentsOf(media: MediaGuest, image: StickImage, count: number): Promise<Moment[]> {
  await using disk = await BadDisk.open(await image.copy('counted'));
  const stick = new UsbStick(disk);
  await stick.plug(media.guest);
  const before = { ...disk.requests };
  fileOf(await media.backUp({ size: SIZE }));
  const after = { ...disk.requests };
  await stick.unplug();
  const of = (on: Operation, share: number): Moment[] => {
    const total = after[on] - before[on];
    const wanted = Math.min(total, Math.max(1, Math.round(count * share)));
    return Array.from({ length: wanted }, (_, place) => ({
      on,
      after: Math.floor(((place + 0.5) / wanted) * total),
    }));
  };
  return [...of('write', 0.5), ...of('flush', 0.25), ...of('read', 0.25)];
}
