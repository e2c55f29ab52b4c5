import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Lab, LabCase } from '../../case.ts';
import { expectThat } from '../../guest/lab-error.ts';
import { runTool } from '../../image/tool.ts';
import { BadDisk } from '../../stick/bad-disk/bad-disk.ts';
import { cuts, replay, type Cut } from '../../stick/bad-disk/recording.ts';
import { readFat } from '../../stick/image/read-fat.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { UsbStick } from '../../stick/usb-stick.ts';
import { countWords } from './judge.ts';
import { expectTyped, fileOf, MediaGuest } from './media-guest.ts';

const FORMATS = ['vfat', 'ext4', 'exfat', 'ntfs'] as const;
type Format = (typeof FORMATS)[number];

const SIZE = 300_000;
/** Each moment takes the guest some seconds, where the host cannot look itself. */
const MOST_IN_GUEST = 24;

/** The power goes. */
export const CUT_CASES: readonly LabCase[] = [
  ...FORMATS.map((format): LabCase => ({
    name: `cut/${format}`,
    rule: 'the power goes after any write, or with one write lost or alone: the former backup is whole, the new one whole or not there',
    whole: format === 'exfat' || format === 'ntfs',
    run: async (lab) => await cutEverywhere(lab, format),
  })),
  {
    name: 'cut/guest',
    rule: 'the guest loses its power in the middle of a backup: the next one finds the former whole',
    whole: true,
    run: cutGuest,
  },
];

/** A name in the folder of backups, and what it has to hold. */
interface Known {
  readonly former: string;
  readonly fresh: string;
  readonly content: ReadonlyMap<string, Buffer>;
}

type Look = (image: string, known: Known) => Promise<Finding>;

/** What is there of a file: all of it, something else, or nothing. */
type Finding = Readonly<Record<'former' | 'fresh', 'whole' | 'broken' | 'none'>>;

async function cutEverywhere(lab: Lab, format: Format): Promise<{ seen: string; tried: number }> {
  await using image = await StickImage.open({ mebibytes: 64, format, label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  await using disk = await BadDisk.open(image.path);
  const stick = new UsbStick(disk);
  const node = await stick.plug(media.guest);
  const former = fileOf(await media.backUp());
  const base = await image.copy('base');
  const recorded = disk.record();
  const fresh = fileOf(await media.backUp({ size: SIZE }));
  const events = [...recorded];
  const content = new Map<string, Buffer>();
  await media.guest.check(`mount -o ro ${node} /mnt`);
  for (const name of [former, fresh]) {
    const text = await media.guest.check(`base64 -w0 /mnt/holdfast/${name}`);
    content.set(name, Buffer.from(text, 'base64'));
  }
  await media.guest.check('umount /mnt');
  await stick.unplug();

  const known = { former, fresh, content };
  const look = LOOKS[format] ?? (await lookInGuest(media));
  const all = [...cuts(events)];
  const moments = LOOKS[format] === undefined ? spread(all, MOST_IN_GUEST) : all;
  const cut = join(dirname(image.path), 'cut');
  const seen: string[] = [];
  for (const { name, writes } of moments) {
    await replay(base, writes, cut);
    const found = await look(cut, known);
    expectThat(found.former === 'whole', `${name}: the former backup is ${found.former}`);
    expectThat(found.fresh !== 'broken', `${name}: the new backup has its name and is broken`);
    seen.push(found.fresh === 'whole' ? 'with the new one' : 'with the former only');
  }
  expectThat(seen.at(-1) === 'with the new one', 'the new one is not there in the end');
  return { seen: `${moments.length} moments: ${countWords(seen)}`, tried: moments.length };
}

/** The first, the last, and evenly between. */
function spread(all: readonly Cut[], most: number): Cut[] {
  if (all.length <= most) return [...all];
  const places = Array.from({ length: most }, (_, place) =>
    Math.round((place * (all.length - 1)) / (most - 1)),
  );
  return places.flatMap((place) => all[place] ?? []);
}

/** File systems that the host can read without a guest. */
const LOOKS: Partial<Record<Format, Look>> = {
  vfat: async (image, { former, fresh, content }) => {
    const state = async (name: string): Promise<Finding['former']> => {
      const listed = await readdirFat(image);
      if (!listed.includes(name)) return 'none';
      const found = await readFat(image, `holdfast/${name}`);
      return found !== null && content.get(name)?.equals(found) === true ? 'whole' : 'broken';
    };
    return { former: await state(former), fresh: await state(fresh) };
  },
  ext4: async (image, known) => {
    const folder = `${image}.mounted`;
    await mkdir(folder, { recursive: true });
    await runTool('mount', ['-o', 'loop', image, folder]);
    try {
      return await lookInFolder(join(folder, 'holdfast'), known);
    } finally {
      await runTool('umount', [folder]);
    }
  },
};

async function lookInFolder(folder: string, { former, fresh, content }: Known): Promise<Finding> {
  const names = await readdir(folder);
  const state = async (name: string): Promise<Finding['former']> => {
    if (!names.includes(name)) return 'none';
    const found = await readFile(join(folder, name)).catch(() => null);
    return found !== null && content.get(name)?.equals(found) === true ? 'whole' : 'broken';
  };
  return { former: await state(former), fresh: await state(fresh) };
}

async function readdirFat(image: string): Promise<string[]> {
  const listed = await runTool('mdir', ['-b', '-i', image, '::holdfast']);
  return listed
    .toString()
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('/') + 1).trim());
}

/** Plugs each image in and has the guest look: through the same drivers that everybody has. */
async function lookInGuest(media: MediaGuest): Promise<Look> {
  return async (image, { former, fresh }) => {
    const stick = new UsbStick(image);
    await stick.plug(media.guest);
    const { backups = [], outcome, message } = await media.order({ do: 'verify', from: 'usb' });
    await stick.unplug();
    expectThat(outcome === 'done', `${outcome}: ${message}`);
    const state = (name: string): Finding['former'] => {
      const found = backups.find(({ file }) => file === name);
      if (found === undefined) return 'none';
      return found.outcome === 'whole' ? 'whole' : 'broken';
    };
    return { former: state(former), fresh: state(fresh) };
  };
}

async function cutGuest(lab: Lab): Promise<{ seen: string; tried: number }> {
  const seen: string[] = [];
  const phases = ['writing', 'reading back', 'writing', 'reading back'] as const;
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  let former = '';
  for (const [round, phase] of phases.entries()) {
    await using disk = await BadDisk.open(image.path, { volatile: true });
    {
      await using media = await MediaGuest.open(lab);
      await new UsbStick(disk).plug(media.guest);
      if (round === 0) former = fileOf(await media.backUp());
      const backup = media.backUp({ size: 6_000_000 });
      backup.catch(() => undefined);
      await media.comesTo(phase);
      // As if somebody had pulled its plug: the program, the kernel and the cache of the stick end here.
      await media.guest[Symbol.asyncDispose]();
      await disk.losePower();
    }
    await using media = await MediaGuest.open(lab);
    const stick = new UsbStick(disk);
    await stick.plug(media.guest);
    const looked = await media.order({ do: 'verify', from: 'usb' });
    expectTyped(looked);
    const broken = looked.backups?.find((it) => !it.file.startsWith('.') && it.outcome !== 'whole');
    expectThat(broken === undefined, `${broken?.file ?? ''} is ${broken?.outcome ?? ''}`);
    const found = looked.backups?.some(({ file }) => file === former) === true;
    expectThat(found, `the former backup is lost: ${JSON.stringify(looked)}`);
    seen.push(`former whole after a cut while ${phase}`);
  }
  return { seen: countWords(seen), tried: phases.length };
}
