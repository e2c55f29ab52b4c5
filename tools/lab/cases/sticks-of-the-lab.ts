import { readFile } from 'node:fs/promises';

import type { Lab, LabCase } from '../case.ts';
import type { Guest } from '../guest/guest.ts';
import { expectThat } from '../guest/lab-error.ts';
import { BadDisk } from '../stick/bad-disk/bad-disk.ts';
import { cuts, replay } from '../stick/bad-disk/recording.ts';
import { CardSlot } from '../stick/card-slot.ts';
import { readFat } from '../stick/image/read-fat.ts';
import { StickImage } from '../stick/image/stick-image.ts';
import { InternalDisk } from '../stick/internal-disk.ts';
import { makeLogicalVolume, makeRaid, unlockLuks } from '../stick/layers.ts';
import { startUdisks } from '../stick/udisks.ts';
import { UsbGadget } from '../stick/usb-gadget.ts';
import { UsbStick } from '../stick/usb-stick.ts';

const MIB = 2 ** 20;

/** The instruments that other cases lean on. */
export const INSTRUMENT_CASES: readonly LabCase[] = [
  {
    name: 'lab/plug',
    rule: 'a stick comes with its names, is gone when it is pulled, and comes again',
    run: plugStick,
  },
  {
    name: 'lab/devices',
    rule: 'other disks are what they are, and a card reader stays while its cards come and go',
    whole: true,
    run: plugDevices,
  },
  {
    name: 'lab/contents',
    rule: 'the guest knows what is on a stick, and what its kernel has made of it',
    whole: true,
    run: fillStick,
  },
  {
    name: 'lab/faults',
    rule: 'a bad stick loses what it has no cells for, and its errors arrive as they are',
    run: breakStick,
  },
  {
    name: 'lab/power-cut',
    rule: 'what a stick has only in its cache goes with the power, what was flushed is there in the next guest',
    run: cutPower,
  },
  {
    name: 'lab/replay',
    rule: 'what a stick has recorded makes the same image again, whole or cut off',
    run: replayWrites,
  },
];

async function plugStick(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'LAB' });
  await using guest = await lab.openGuest();
  const stick = new UsbStick(image.path, { serial: 'S1', vendor: 'Holdfast', product: 'Stick' });
  const seen: string[] = [];
  for (const _ of ['first', 'again']) {
    const device = await stick.plug(guest);
    seen.push(device, await describe(guest, device));
    await stick.unplug();
    expectThat((await guest.run(`test -e ${device}`)).code !== 0, 'what was pulled is there');
  }
  const there = ['/dev/sda', 'usb 1 0 64M vfat LAB S1 Holdfast Stick'];
  return agree(seen, [...there, ...there]);
}

async function plugDevices(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'LAB' });
  await using guest = await lab.openGuest();
  const disks = [
    new UsbStick(await image.copy('a'), { serial: 'S2', removable: false, protocol: 'uas' }),
    new UsbStick(await image.copy('b'), { serial: 'S3', readOnly: true }),
    new InternalDisk(await image.copy('c'), { serial: 'S4' }),
  ];
  const seen: string[] = [];
  for (const disk of disks) seen.push(await describe(guest, await disk.plug(guest)));
  const mouse = new UsbGadget(guest, 'usb-mouse');
  await mouse.plug();
  await mouse.unplug();
  const slot = new CardSlot(guest);
  const device = await slot.plug();
  seen.push(await describe(guest, device));
  await slot.insert(image.path);
  await guest.until(`lsblk --nodeps --noheadings --output LABEL ${device} | grep LAB`);
  await slot.remove();
  await guest.until(`lsblk --nodeps --noheadings --output SIZE ${device} | grep 0B`);
  await startUdisks(guest);
  await guest.check('udisksctl power-off --block-device /dev/sda');
  await guest.until('! test -e /dev/sda');
  return agree(seen, [
    'usb 0 0 64M vfat LAB S2 QEMU QEMU HARDDISK',
    'usb 1 1 64M vfat LAB S3 QEMU QEMU HARDDISK',
    '1 0 64M vfat LAB S4 QEMU QEMU HARDDISK',
    'usb 1 0 0B LAB0001 Generic SD/MMC',
  ]);
}

async function fillStick(lab: Lab): Promise<string> {
  await using image = await StickImage.open({
    mebibytes: 768,
    table: 'gpt',
    partitions: [
      { format: 'vfat', label: 'A' },
      { format: 'exfat', label: 'B' },
      { format: 'ntfs', label: 'C' },
      { format: 'ext4', label: 'D' },
      { format: 'btrfs', label: 'E', mebibytes: 128 },
      { format: 'xfs', label: 'F', mebibytes: 320 },
      { format: 'swap', label: 'G', mebibytes: 8 },
      { format: 'luks', label: 'H' },
      { format: null },
      { format: null },
    ],
  });
  await using guest = await lab.openGuest();
  const device = await new UsbStick(image.path, { protocol: 'uas' }).plug(guest);
  await Promise.all([
    unlockLuks(guest, `${device}8`),
    makeLogicalVolume(guest, `${device}9`),
    makeRaid(guest, `${device}10`),
  ]);
  await guest.check('udevadm settle');
  const rows = await guest.check(`lsblk --noheadings --raw --output TYPE,FSTYPE ${device}`);
  return agree(
    rows.split('\n').map((it) => it.replace('part ', '').trim()),
    [
      ...['disk', 'vfat', 'exfat', 'ntfs', 'ext4', 'btrfs', 'xfs', 'swap'],
      ...['crypto_LUKS', 'crypt', 'LVM2_member', 'lvm', 'linux_raid_member', 'raid1', ''],
    ],
  );
}

async function breakStick(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat' });
  await using disk = await BadDisk.open(image.path, { real: 4 * MIB });
  await using guest = await lab.openGuest();
  const device = await new UsbStick(disk, { protocol: 'uas' }).plug(guest);
  await guest.check(`head -c 6M /dev/urandom >/tmp/file && mount ${device} /mnt`);
  await guest.check('cp /tmp/file /mnt && sync');
  const compare = async (): Promise<string> =>
    (await guest.run('cmp --silent /tmp/file /mnt/file')).code === 0 ? 'whole' : 'broken';
  const seen = [await compare()];
  await guest.check('echo 3 >/proc/sys/vm/drop_caches');
  seen.push(await compare());
  await guest.check('umount /mnt');
  for (const options of [
    { on: 'write', does: 'fail', code: 'EIO' },
    { on: 'write', does: 'fail', code: 'ENOSPC' },
    { on: 'flush', does: 'fail', code: 'EIO' },
    { on: 'write', does: 'hang' },
  ] as const) {
    const fault = disk.breaks(options);
    const dd = guest.run(`dd if=/dev/zero of=${device} bs=4096 count=1 oflag=direct conv=fsync`);
    await fault.met;
    if (options.does === 'hang') fault.mend();
    const { stderr } = await dd;
    fault.mend();
    seen.push(/(?<=: )[^:]+error|No space/.exec(stderr)?.[0] ?? 'written');
  }
  const errors = ['Input/output error', 'No space', 'Input/output error'];
  return agree(seen, ['whole', 'broken', ...errors, 'written']);
}

async function cutPower(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 16, format: null });
  await using disk = await BadDisk.open(image.path, { volatile: true });
  const stick = new UsbStick(disk, { protocol: 'uas' });
  const fill = 'tr "\\0" x </dev/zero | dd bs=4096 count=1 iflag=fullblock oflag=direct';
  const count = async (guest: Guest, device: string): Promise<string> =>
    (await guest.check(`head -c 8192 ${device} | tr -d "\\0" | wc -c`)).trim();
  const seen: string[] = [];
  {
    await using guest = await lab.openGuest();
    const device = await stick.plug(guest);
    await guest.check(`${fill} of=${device} conv=fsync`);
    await guest.check(`${fill} of=${device} seek=1`);
    seen.push(await count(guest, device));
  }
  await using guest = await lab.openGuest();
  seen.push(await count(guest, await stick.plug(guest)));
  expectThat(disk.lost === 1, `${disk.lost} writes lost`);
  return agree(seen, ['8192', '4096']);
}

async function replayWrites(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 16, format: 'vfat' });
  const before = await image.copy('before');
  const after = await image.copy('after');
  await using disk = await BadDisk.open(image.path);
  await using guest = await lab.openGuest();
  const stick = new UsbStick(disk, { protocol: 'uas' });
  const device = await stick.plug(guest);
  const recorded = disk.record();
  await guest.check(`mount ${device} /mnt && echo whole >/mnt/file && sync && umount /mnt`);
  await stick.unplug();
  const contents = new Set<string>();
  const moments = [...cuts(recorded)];
  for (const { writes } of moments) {
    await replay(before, writes, after);
    contents.add((await readFat(after, 'file'))?.toString().trim() ?? 'none');
  }
  await replay(before, moments.at(-1)?.writes ?? [], after);
  expectThat((await readFile(after)).equals(await readFile(image.path)), 'the images differ');
  expectThat(contents.has('none') && contents.has('whole'), [...contents].join(', '));
  return `${recorded.length} events, ${moments.length} moments`;
}

/** What the guest knows of a disk: bus, removable, read-only, size, file system, label and its names. */
async function describe(guest: Guest, device: string): Promise<string> {
  const columns = 'TRAN,RM,RO,SIZE,FSTYPE,LABEL,SERIAL,VENDOR,MODEL';
  const row = await guest.check(`lsblk --nodeps --noheadings --output ${columns} ${device}`);
  return row.trim().replaceAll(/\s+/g, ' ');
}

function agree(seen: readonly string[], wanted: readonly string[]): string {
  const all = seen.join('; ');
  expectThat(all === wanted.join('; '), `${all}\nnot: ${wanted.join('; ')}`);
  return all;
}
