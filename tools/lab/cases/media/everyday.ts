import type { Lab, LabCase } from '../../case.ts';
import { expectThat } from '../../guest/lab-error.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { startUdisks } from '../../stick/udisks.ts';
import { UsbGadget } from '../../stick/usb-gadget.ts';
import { UsbStick } from '../../stick/usb-stick.ts';
import { expectOutcome, fileOf, MediaGuest } from './media-guest.ts';

const FORMATS = ['vfat', 'exfat', 'ntfs', 'ext4'] as const;

/** Backups to sticks that have nothing wrong with them. */
export const EVERYDAY_CASES: readonly LabCase[] = [
  ...FORMATS.map((format): LabCase => ({
    name: `stick/${format}`,
    rule: 'a backup waits for its stick, is proven and ejected, and is there in the next guest',
    run: async (lab) => await backUpAndReboot(lab, format),
  })),
  {
    name: 'stick/partitions',
    rule: 'each partition is a volume of its own, and one that has no file system is not used',
    whole: true,
    run: usePartitions,
  },
  {
    name: 'stick/mounted',
    rule: 'a stick that somebody mounted stays as it is with --no-eject, and is unmounted to be ejected',
    run: useMounted,
  },
  {
    name: 'stick/udisks',
    rule: 'where udisks runs, it mounts, unmounts and powers off',
    whole: true,
    run: useUdisks,
  },
  {
    name: 'stick/two',
    rule: 'two sticks are ambiguous unless one is named, and take a copy each',
    run: useTwo,
  },
  {
    name: 'stick/same-twice',
    rule: 'one stick under two names is never taken for two, and not chosen by chance',
    run: useSameTwice,
  },
  {
    name: 'stick/swapped',
    rule: 'nothing is written to a stick that was swapped between choice and write, whatever it is called',
    run: swapStick,
  },
  {
    name: 'stick/gadget',
    rule: 'plugging another gadget in and out while a stick is written to does no harm',
    run: plugGadget,
  },
  {
    name: 'stick/keep',
    rule: 'with keep, older generations go, and what is not ours stays',
    whole: true,
    run: keepTwo,
  },
];

async function backUpAndReboot(lab: Lab, format: (typeof FORMATS)[number]): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format, label: 'BLACK' });
  let file: string;
  let proof: string;
  {
    await using media = await MediaGuest.open(lab);
    const backup = media.backUp({ eject: true, wait: 60, to: ['usb:BLACK'] });
    await media.comesTo('waiting');
    const stick = new UsbStick(image.path, { serial: 'S1' });
    await stick.plug(media.guest);
    const outcome = await backup;
    file = fileOf(outcome);
    proof = String(outcome.copies?.[0]?.proof);
    expectThat(outcome.copies?.[0]?.ejected === true, 'it was not ejected');
    await media.guest.check('! grep -q /dev/sd /proc/mounts && ! test -e /sys/block/sda');
    await media.guest.check('test -z "$(ls -A /run/holdfast)"');
    await stick.unplug();
  }
  // The power is gone: what the next guest finds was on the stick.
  await using media = await MediaGuest.open(lab);
  await new UsbStick(image.path, { serial: 'S1' }).plug(media.guest);
  const { backups = [] } = await media.order({ do: 'verify', from: 'usb' });
  const found = backups.map((it) => `${it.file} ${it.outcome}`).join(', ');
  expectThat(found === `${file} whole`, found);
  expectOutcome(await media.order({ do: 'restore', from: 'usb/sso' }), 'done');
  await media.guest.check('! grep -q /dev/sd /proc/mounts');
  return `${proof}, ejected, whole in the next guest`;
}

async function usePartitions(lab: Lab): Promise<string> {
  await using image = await StickImage.open({
    mebibytes: 256,
    table: 'gpt',
    partitions: [
      { format: 'vfat', label: 'ONE' },
      { format: 'ext4', label: 'TWO' },
      { format: null },
    ],
  });
  await using media = await MediaGuest.open(lab);
  await new UsbStick(image.path).plug(media.guest);
  expectOutcome(await media.backUp(), 'MEDIUM_AMBIGUOUS');
  fileOf(await media.backUp({ to: ['usb:TWO'] }));
  expectOutcome(await media.backUp({ to: ['usb:/dev/sda3'] }), 'MEDIUM_NOT_FOUND');
  // Two partitions of one stick are not two copies.
  expectOutcome(await media.backUp({ copies: 2 }), 'MEDIUM_NOT_FOUND');
  return 'ambiguous, by label, no file system, not two copies';
}

async function useMounted(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  const { guest } = media;
  const stick = new UsbStick(image.path);
  const node = await stick.plug(guest);
  await guest.check(`mount -o ro ${node} /mnt`);
  expectOutcome(await media.backUp(), 'MEDIUM_NOT_FOUND');
  await guest.check(`umount /mnt && mount ${node} /mnt`);
  const staying = await media.backUp();
  fileOf(staying);
  await guest.check(`grep -q '^${node} /mnt ' /proc/mounts`);
  await guest.check('cd /mnt && { sleep 1000 >/dev/null 2>&1 </dev/null & }');
  const busy = await media.backUp({ eject: true });
  fileOf(busy);
  await guest.check(`grep -q '^${node} /mnt ' /proc/mounts; pkill sleep`);
  const ejecting = await media.backUp({ eject: true });
  fileOf(ejecting);
  await guest.check('! grep -q /dev/sd /proc/mounts');
  const proofs = [staying, busy, ejecting].map(({ copies }) => {
    const [copy] = copies ?? [];
    return `${copy?.proof ?? ''}${copy?.ejected === true ? ', ejected' : ''}`;
  });
  const seen = proofs.join('; ');
  expectThat(seen === 'direct; direct; remounted, ejected', seen);
  return seen;
}

async function useUdisks(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  await startUdisks(media.guest);
  const stick = new UsbStick(image.path);
  await stick.plug(media.guest);
  const watched = media.guest.run('timeout 25 udisksctl monitor', { milliseconds: 60_000 });
  const outcome = await media.backUp({ eject: true });
  fileOf(outcome);
  await media.guest.check('! grep -q /dev/sd /proc/mounts && ! test -e /sys/block/sda');
  const { stdout } = await watched;
  expectThat(
    stdout.includes('MountPoints') || stdout.includes('BLACK'),
    'udisks saw nothing of it',
  );
  const { proof, ejected } = outcome.copies?.[0] ?? {};
  expectThat(proof === 'remounted' && ejected === true, `${String(proof)} ${String(ejected)}`);
  return 'mounted, mounted again and powered off by udisks';
}

async function useTwo(lab: Lab): Promise<string> {
  await using black = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using red = await StickImage.open({ mebibytes: 64, format: 'ext4', label: 'RED' });
  await using media = await MediaGuest.open(lab);
  const sticks = [
    new UsbStick(black.path, { serial: 'S1' }),
    new UsbStick(red.path, { serial: 'S2' }),
  ];
  for (const stick of sticks) await stick.plug(media.guest);
  expectOutcome(await media.backUp(), 'MEDIUM_AMBIGUOUS');
  fileOf(await media.backUp({ to: ['usb:RED'] }));
  fileOf(await media.backUp({ to: ['usb:S1'] }));
  const both = await media.backUp({ copies: 2, eject: true });
  expectOutcome(both, 'done');
  const copies = (both.copies ?? []).map(({ where, proof, ejected, failure }) =>
    [where.split(' ')[0], proof, ejected, failure?.code].join(' '),
  );
  const seen = copies.toSorted().join('; ');
  expectThat(seen === 'BLACK remounted true ; RED remounted true ', seen);
  return seen;
}

async function useSameTwice(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  const twin = await image.copy('twin');
  for (const path of [image.path, twin]) {
    await new UsbStick(path, { serial: 'SAME' }).plug(media.guest);
  }
  const seen = [
    await media.backUp(),
    await media.backUp({ to: ['usb:BLACK'] }),
    await media.backUp({ copies: 2 }),
    await media.backUp({ to: ['usb:/dev/sdb'] }),
  ].map(({ outcome }) => outcome);
  const wanted = 'MEDIUM_AMBIGUOUS, MEDIUM_AMBIGUOUS, MEDIUM_NOT_FOUND, done';
  expectThat(seen.join(', ') === wanted, seen.join(', '));
  return wanted;
}

async function swapStick(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  const twin = await image.copy('twin');
  await using media = await MediaGuest.open(lab);
  const first = new UsbStick(image.path, { serial: 'SAME' });
  const second = new UsbStick(twin, { serial: 'SAME' });
  const before = await first.plug(media.guest);
  const backup = media.backUp({ pause: true });
  await media.comesTo('paused');
  await first.unplug();
  const after = await second.plug(media.guest);
  media.go();
  const { outcome } = await backup;
  expectThat(outcome === 'MEDIUM_CHANGED', outcome);
  expectOutcome(await media.order({ do: 'verify', from: 'usb' }), 'BACKUP_NOT_FOUND');
  return `${outcome}, though both were ${before === after ? before : `${before} and ${after}`}`;
}

async function plugGadget(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  await new UsbStick(image.path).plug(media.guest);
  const backup = media.backUp({ size: 8_000_000 });
  await media.comesTo('writing');
  const mouse = new UsbGadget(media.guest, 'usb-mouse');
  await mouse.plug();
  await mouse.unplug();
  fileOf(await backup);
  return 'done';
}

async function keepTwo(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  const node = await new UsbStick(image.path).plug(media.guest);
  const files: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    files.push(fileOf(await media.backUp({ keep: 2 })));
    // Their names tell seconds apart.
    await media.guest.check('sleep 1');
  }
  await media.guest.check(`mount ${node} /mnt && echo mine >/mnt/holdfast/mine.tar && umount /mnt`);
  files.push(fileOf(await media.backUp({ keep: 2 })));
  const { backups = [] } = await media.order({ do: 'verify', from: 'usb' });
  const seen = backups.map(({ file, outcome }) => `${file} ${outcome}`).join(', ');
  const [, , third, fourth] = files;
  expectThat(seen === `${fourth} whole, ${third} whole, mine.tar NOT_A_BACKUP`, seen);
  return 'the newest two, and a file that is somebody else’s';
}
