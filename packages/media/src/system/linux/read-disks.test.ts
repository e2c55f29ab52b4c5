import { expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import type { Disk } from '../../ports.ts';
import type { RunProgram } from '../program.ts';
import { fingerprint } from './fingerprint.ts';
import { readDisks } from './read-disks.ts';
import { openKernelTree, PLUG_IN, type KernelTree } from './sysfs.fixture.ts';

interface Row {
  readonly [column: string]: unknown;
  readonly children?: readonly Row[];
}

function row(name: string, number: string, more: Row = {}): Row {
  return {
    ...{ path: `/dev/${name}`, kname: name, type: 'part', 'maj:min': number, ro: false },
    ...{ size: 1000, fstype: null, label: null, uuid: null, serial: null, vendor: null },
    ...{ model: null, ...more },
  };
}

const disk = (name: string, number: string, ...children: Row[]): Row =>
  row(name, number, { type: 'disk', children });

const stick = (...children: Row[]): Row => disk('sdb', '8:16', ...children);
const VFAT = row('sdb1', '8:17', { fstype: 'vfat', label: 'BLACK', uuid: '1234-ABCD' });

async function read({ sys, proc }: KernelTree, ...rows: Row[]): Promise<Disk[]> {
  const run: RunProgram = async (program) => {
    expect(program).toBe('lsblk');
    return { status: 0, stdout: JSON.stringify({ blockdevices: rows }), stderr: '' };
  };
  return await readDisks(run, { sys, proc });
}

async function codes(tree: KernelTree, ...rows: Row[]): Promise<(string | undefined)[]> {
  return offer(await read(tree, ...rows)).map(({ refusal }) => refusal?.code);
}

const mountLine = (number: string, path: string, source: string): string =>
  `40 1 ${number} / ${path} rw,relatime - vfat ${source} rw\n`;

test('a stick is told with its bus, its device and its volumes', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  await tree.tell('self/mountinfo', mountLine('8:17', '/media/MY\\040STICK', '/dev/sdb1'));
  expect(await read(tree, stick(VFAT))).toEqual([
    {
      ...{ node: '/dev/sdb', sequence: '31', bus: 'usb', hotPlugged: true, usbId: '0781:5583' },
      ...{ vendor: 'SanDisk', product: 'Ultra Fit', serial: '4C530001', size: 1000 },
      ...{ readOnly: false, optical: false },
      parts: [
        {
          ...{ node: '/dev/sdb1', number: '8:17', kind: 'partition', fileSystem: 'vfat' },
          ...{ label: 'BLACK', uuid: '1234-ABCD', size: 1000, readOnly: false, free: null },
          mounts: [{ path: '/media/MY STICK', readOnly: false, driver: 'vfat' }],
          ...{ swap: false, files: [], holders: [] },
        },
      ],
    },
  ]);
});

test('a stick without partitions is a volume itself', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  const [whole] = await read(tree, row('sdb', '8:16', { type: 'disk', fstype: 'ext4' }));
  expect(whole?.parts).toMatchObject([{ node: '/dev/sdb', kind: 'disk', fileSystem: 'ext4' }]);
});

test('what is free is known of what is mounted', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  await tree.tell('self/mountinfo', mountLine('8:17', tree.sys, '/dev/sdb1'));
  const [medium] = await read(tree, stick(VFAT));
  expect(medium?.parts[0]?.free).toBeGreaterThan(0);
});

test('a kernel that does not number disks tells one plugging-in from the next all the same', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdc']?.(tree);
  await PLUG_IN['sdd']?.(tree);
  const [numbered, not] = await read(tree, disk('sdc', '8:32'), disk('sdd', '8:48'));
  expect(numbered?.sequence).toBe('32');
  expect(not?.sequence).toContain('sdd');
});

test('loop devices, RAM disks and the like are no disks, and an optical drive is one', async () => {
  await using tree = await openKernelTree();
  const none = ['zram0', 'ram1', 'nbd0', 'fd0'].map((name) => disk(name, '1:0'));
  const loop = row('loop0', '7:0', { type: 'loop' });
  const rom = row('sr0', '11:0', { type: 'rom', fstype: 'iso9660' });
  await tree.disk('pci0000:00/ata2/host1/target1:0:0/1:0:0:0/block/sr0');
  expect(await read(tree, ...none, loop, rom)).toMatchObject([{ node: '/dev/sr0', optical: true }]);
});

test('the number that paravirtual disks have for a maker is none', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['vda']?.(tree);
  const [vda] = await read(tree, row('vda', '254:0', { type: 'disk', vendor: '0x1af4' }));
  expect(vda?.vendor).toBeNull();
});

test('a disk that was pulled out while it was asked for is none', async () => {
  await using tree = await openKernelTree();
  expect(await read(tree, disk('sdz', '8:0'))).toEqual([]);
});

test('only what came from outside is offered', async () => {
  await using tree = await openKernelTree();
  const names = ['sda', 'nvme0n1', 'mmcblk0', 'vda', 'sdb', 'sdc', 'nvme1n1', 'mmcblk1', 'sde'];
  for (const name of names) await PLUG_IN[name]?.(tree);
  const found = await codes(tree, ...names.map((name, at) => disk(name, `8:${at}`)));
  expect(found.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'built-in'));
  expect(found.slice(4)).toEqual(Array.from({ length: 5 }, () => undefined));
});

test('a stick that the system was started from is refused', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  const efi = row('sdb2', '8:18', { fstype: 'vfat' });
  await tree.tell('self/mountinfo', mountLine('8:18', '/boot/efi', '/dev/sdb2'));
  expect(await codes(tree, stick(VFAT, efi))).toEqual(['system']);
});

test('a btrfs is found by its node, since its number is its own', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  const btrfs = row('sdb1', '8:17', { fstype: 'btrfs' });
  await tree.tell('self/mountinfo', mountLine('0:39', '/', '/dev/sdb1'));
  expect(await codes(tree, stick(btrfs))).toEqual(['system']);
});

const SWAPS = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

test.each([
  ['partition', '/dev/sdb2', 'swap'],
  ['file', '/media/BLACK/swapfile', 'in-use'],
  ['file', '/media/MY\\040STICK/swapfile', 'in-use'],
])('a %s that is swapped to is used: %s', async (type, path, code) => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  await tree.tell('swaps', `${SWAPS}${path}          ${type}\t1024\t0\t-2\n`);
  const folder = path.startsWith('/media') ? path.replace('/swapfile', '') : '/media/BLACK';
  await tree.tell('self/mountinfo', mountLine('8:17', folder, '/dev/sdb1'));
  const swap = row('sdb2', '8:18', { fstype: 'swap' });
  expect(await codes(tree, stick(VFAT, swap))).toEqual([code]);
});

test('encrypted swap on a stick is swap, by whichever of its names', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  // The kernel knows it as dm-1 only.
  await tree.tell('swaps', `${SWAPS}/dev/dm-1    partition\t1024\t0\t-2\n`);
  const crypt = row('dm-1', '254:1', { path: '/dev/mapper/swap', type: 'crypt', fstype: 'swap' });
  const parent = row('sdb2', '8:18', { fstype: 'crypto_LUKS', children: [crypt] });
  expect(await codes(tree, stick(VFAT, parent))).toEqual(['swap']);
});

test.each([
  ['lvm', 'LVM2_member', 'in-use'],
  ['raid1', 'linux_raid_member', 'in-use'],
  ['mpath', 'mpath_member', 'in-use'],
])('a stick that an active %s is made of is refused', async (type, fstype, code) => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  const made = row('dm-2', '254:2', { path: '/dev/mapper/x', type, fstype: 'ext4' });
  expect(await codes(tree, stick(row('sdb1', '8:17', { fstype, children: [made] })))).toEqual([
    code,
  ]);
});

test('a stick that is encrypted as a whole, and open, is the volume inside', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  const inside = { path: '/dev/mapper/stick', type: 'crypt', fstype: 'ext4', label: 'IN' };
  const children = [row('dm-0', '254:0', inside)];
  const whole = row('sdb', '8:16', { type: 'disk', fstype: 'crypto_LUKS', children });
  const [medium] = offer(await read(tree, whole));
  expect(medium).toMatchObject({
    refusal: null,
    volumes: [{ node: '/dev/mapper/stick', number: '254:0', label: 'IN', refusal: null }],
  });
});

test('a stick with LVM inside encryption is refused', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  const root = row('dm-1', '254:1', { path: '/dev/mapper/vg-root', type: 'lvm', fstype: 'ext4' });
  const open = { path: '/dev/mapper/open', type: 'crypt', fstype: 'LVM2_member' };
  const crypt = row('dm-0', '254:0', { ...open, children: [root] });
  const luks = row('sdb1', '8:17', { fstype: 'crypto_LUKS', children: [crypt] });
  await tree.tell('self/mountinfo', mountLine('254:1', '/', '/dev/mapper/vg-root'));
  expect(await codes(tree, stick(luks))).toEqual(['system']);
  await tree.tell('self/mountinfo', '');
  expect(await codes(tree, stick(luks))).toEqual(['in-use']);
});

test('a stick with a disk image on it that is in use is refused', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  await tree.disk('virtual/block/loop3', { 'loop/backing_file': '/media/BLACK/vm disk.img' });
  await tree.tell('self/mountinfo', mountLine('8:17', '/media/BLACK', '/dev/sdb1'));
  const [medium] = await read(tree, stick(VFAT));
  expect(medium?.parts[0]?.files).toEqual(['/media/BLACK/vm disk.img']);
  await tree.tell('self/mountinfo', mountLine('8:17', '/media/BLACKER', '/dev/sdb1'));
  expect((await read(tree, stick(VFAT)))[0]?.parts[0]?.files).toEqual([]);
});

test('the fingerprint differs when a disk or a mount comes or goes, and else is the same', async () => {
  await using tree = await openKernelTree();
  const seen = new Set<string>();
  const look = async (): Promise<number> => seen.add(await fingerprint(tree)).size;
  await PLUG_IN['sda']?.(tree);
  expect(await look()).toBe(1);
  expect(await look()).toBe(1);
  await PLUG_IN['sdb']?.(tree);
  expect(await look()).toBe(2);
  await tree.tell('self/mountinfo', mountLine('8:17', '/media/BLACK', '/dev/sdb1'));
  expect(await look()).toBe(3);
  await tree.disk('virtual/block/loop3', { diskseq: '99' });
  expect(await look()).toBe(3);
});
