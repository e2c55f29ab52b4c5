import { expect, test } from 'vitest';

import { offer, type Protected } from './offer.ts';
import type { Disk, Medium, Part, RefusalCode } from './ports.ts';
import { aDisk, aPart, mountedAt } from './testing/disks.ts';

function only(disk: Disk, isProtected: Protected = []): Medium {
  const [medium, ...others] = offer([disk], isProtected);
  expect(others).toEqual([]);
  return medium!;
}

/** Why the whole medium is not offered. */
const refusalOf = (disk: Disk): RefusalCode | undefined => only(disk).refusal?.code;

/** Why its only volume is not offered, or not written to. */
function volumeRefusal(part: Partial<Part>, disk: Partial<Disk> = {}): (string | undefined)[] {
  const { refusal, volumes } = only(aDisk({ ...disk, parts: [aPart(part)] }));
  expect(refusal).toBeNull();
  expect(volumes).toHaveLength(1);
  return [volumes[0]?.refusal?.code, volumes[0]?.writeRefusal?.code];
}

const internal = { bus: 'ata', hotPlugged: false, usbId: null } as const;

test('a plain stick is offered, with all that is known of it', () => {
  const { parts, optical: _, ...facts } = aDisk();
  const [{ kind: _kind, readOnly, swap, files, holders, ...told }] = [parts[0]!];
  expect([readOnly, swap, files, holders]).toEqual([false, false, [], []]);
  expect(only(aDisk())).toEqual({
    ...facts,
    refusal: null,
    volumes: [{ ...told, refusal: null, writeRefusal: null }],
  });
});

test.each(['usb', 'sd', 'firewire', 'thunderbolt', 'nvme', 'ata'] as const)(
  'what was plugged in from outside is offered, on whatever bus (%s)',
  (bus) => {
    expect(refusalOf(aDisk({ bus, hotPlugged: true }))).toBeUndefined();
  },
);

test.each(['ata', 'nvme', 'mmc', 'virtio', 'scsi', 'other'] as const)(
  'what is built in is not offered (%s)',
  (bus) => {
    expect(refusalOf(aDisk({ ...internal, bus }))).toBe('built-in');
  },
);

test('a USB disk is offered even when the system does not say that it came from outside', () => {
  expect(refusalOf(aDisk({ hotPlugged: false }))).toBeUndefined();
});

test.each([
  ['/', 'the system itself'],
  ['/boot', 'what it boots from'],
  ['/boot/efi', 'what it boots from'],
  ['/usr', 'its programs'],
  ['/var/lib/docker', 'its data'],
  ['/home', 'its people'],
  ['/home/alice', 'a person'],
  ['/nix/store', 'its programs'],
  ['/run/live/medium', 'a live system'],
  ['/run/initramfs/live', 'a live system'],
  ['/run/archiso/bootmnt', 'a live system'],
  ['/cdrom', 'a live system'],
  ['/lib/live/mount/medium', 'a live system'],
])('nothing of a stick is offered that carries %s, %s', (path) => {
  const esp = aPart({ node: '/dev/sdb2', number: '8:18', mounts: [mountedAt(path)] });
  const disk = aDisk({ parts: [aPart(), esp] });
  expect(only(disk).refusal).toMatchObject({
    code: 'system',
    words: expect.stringContaining(path),
  });
});

test.each(['/media/alice/BLACK', '/run/media/alice/BLACK', '/mnt', '/mnt/stick', '/backup'])(
  'a stick that people mounted at %s is offered',
  (path) => {
    expect(refusalOf(aDisk({ parts: [aPart({ mounts: [mountedAt(path)] })] }))).toBeUndefined();
  },
);

test('one of several mounts is enough to carry the system', () => {
  const mounts = [mountedAt('/mnt'), mountedAt('/var/log')];
  expect(refusalOf(aDisk({ parts: [aPart({ mounts })] }))).toBe('system');
});

test('a partition, and a file, that the system swaps to are used', () => {
  const swap = aPart({ node: '/dev/sdb2', fileSystem: 'swap', swap: true });
  expect(refusalOf(aDisk({ parts: [aPart(), swap] }))).toBe('swap');
  const files = ['/media/alice/BLACK/swapfile'];
  expect(refusalOf(aDisk({ parts: [aPart({ files })] }))).toBe('in-use');
});

test('swap space that is not used is no volume, and the rest of the stick is', () => {
  const swap = aPart({ node: '/dev/sdb2', fileSystem: 'swap' });
  const { refusal, volumes } = only(aDisk({ parts: [aPart(), swap] }));
  expect(refusal).toBeNull();
  expect(volumes.map((it) => it.refusal?.code)).toEqual([undefined, 'swap']);
});

test.each(['lvm', 'raid', 'other'] as const)('what %s is made of is in use', (kind) => {
  const fileSystem = kind === 'lvm' ? 'LVM2_member' : 'linux_raid_member';
  const parent = aPart({ fileSystem, holders: ['/dev/dm-1'] });
  const made = aPart({ node: '/dev/dm-1', number: '254:1', kind, fileSystem: 'ext4' });
  expect(refusalOf(aDisk({ parts: [parent, made] }))).toBe('in-use');
});

test('the encrypted parent of the system is the system', () => {
  const parent = aPart({ fileSystem: 'crypto_LUKS', holders: ['/dev/mapper/root'] });
  const crypt = aPart({ node: '/dev/mapper/root', kind: 'crypt', fileSystem: 'ext4' });
  const root = { ...crypt, mounts: [mountedAt('/')] };
  expect(refusalOf(aDisk({ parts: [parent, root] }))).toBe('system');
  const swap = { ...crypt, fileSystem: 'swap', swap: true };
  expect(refusalOf(aDisk({ parts: [parent, swap] }))).toBe('swap');
});

test('an encrypted stick that is open is the volume inside, and closed it is none', () => {
  const luks = { fileSystem: 'crypto_LUKS', label: null };
  const inner = aPart({ node: '/dev/mapper/stick', number: '254:0', kind: 'crypt', label: 'IN' });
  const parent = aPart({ ...luks, holders: [inner.node] });
  const { refusal, volumes } = only(aDisk({ parts: [parent, inner] }));
  expect(refusal).toBeNull();
  expect(volumes).toMatchObject([{ node: inner.node, refusal: null, writeRefusal: null }]);
  expect(volumeRefusal(luks)[0]).toBe('encrypted');
});

test('a btrfs on two disks carries the system on both', () => {
  const shared = { fileSystem: 'btrfs', uuid: 'one-for-both' };
  const inside = aDisk({
    ...internal,
    node: '/dev/sda',
    parts: [aPart({ ...shared, node: '/dev/sda2', mounts: [mountedAt('/')] })],
  });
  const outside = aDisk({ parts: [aPart({ ...shared })] });
  const [, medium] = offer([inside, outside]);
  expect(medium?.refusal?.code).toBe('system');
});

test('two sticks with one UUID are not taken for one, but for btrfs', () => {
  const shared = { fileSystem: 'ext4', uuid: 'one-for-both' };
  const system = aDisk({
    node: '/dev/sdc',
    parts: [aPart({ ...shared, mounts: [mountedAt('/')] })],
  });
  const [, copy] = offer([system, aDisk({ parts: [aPart(shared)] })]);
  expect(copy?.refusal).toBeNull();
});

test('a stick that a disk image in use lies on is in use', () => {
  const files = ['/media/alice/BLACK/vm.img'];
  expect(only(aDisk({ parts: [aPart({ files })] })).refusal).toMatchObject({
    code: 'in-use',
    words: expect.stringContaining('vm.img'),
  });
});

test('an empty reader and an optical drive are named so', () => {
  const empty = aPart({ node: '/dev/sdb', kind: 'disk', fileSystem: null, size: 0 });
  expect(refusalOf(aDisk({ size: 0, parts: [empty] }))).toBe('empty');
  const disc = aPart({ node: '/dev/sr0', kind: 'other', fileSystem: 'iso9660' });
  expect(refusalOf(aDisk({ optical: true, parts: [disc] }))).toBe('optical');
});

test.each([
  ['unformatted', null],
  ['member', 'LVM2_member'],
  ['member', 'linux_raid_member'],
  ['member', 'zfs_member'],
  ['member', 'BitLocker'],
  ['encrypted', 'crypto_LUKS'],
  ['unsupported', 'minix'],
])('what cannot be read from is %s (%s)', (code, fileSystem) => {
  expect(volumeRefusal({ fileSystem })[0]).toBe(code);
});

test.each(['vfat', 'exfat', 'ntfs', 'ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'NTFS'])(
  '%s is written to',
  (fileSystem) => {
    expect(volumeRefusal({ fileSystem })).toEqual([undefined, undefined]);
  },
);

test.each(['iso9660', 'udf', 'squashfs'])('%s is read from and not written to', (fileSystem) => {
  expect(volumeRefusal({ fileSystem })).toEqual([undefined, 'read-only']);
});

test('what is write-protected, or mounted so, is read from and not written to', () => {
  const readOnly = [undefined, 'read-only'];
  expect(volumeRefusal({}, { readOnly: true })).toEqual(readOnly);
  expect(volumeRefusal({ readOnly: true })).toEqual(readOnly);
  const mounts = [mountedAt('/mnt/a', { readOnly: true }), mountedAt('/mnt/b')];
  expect(volumeRefusal({ mounts: mounts.slice(0, 1) })).toEqual(readOnly);
  expect(volumeRefusal({ mounts })).toEqual([undefined, undefined]);
});

test.each([
  ['label', 'BLACK'],
  ['UUID', '1234-ABCD'],
  ['UUID in small letters', '1234-abcd'],
  ['serial number', '4C530001230101'],
])('what is protected by its %s is read from and never written to', (_what, name) => {
  const { refusal, volumes } = only(aDisk(), [name]);
  expect(refusal).toBeNull();
  expect(volumes[0]).toMatchObject({ refusal: null, writeRefusal: { code: 'protected' } });
});

test('a protected medium is protected as a whole', () => {
  const other = aPart({ node: '/dev/sdb2', label: 'OTHER', uuid: 'FFFF-0000' });
  for (const name of ['BLACK', '1234-ABCD', '4C530001230101']) {
    const { volumes } = only(aDisk({ parts: [aPart(), other] }), [name]);
    expect(volumes.map((it) => it.writeRefusal?.code)).toEqual(['protected', 'protected']);
  }
});

test('protecting an encrypted stick protects what is inside it', () => {
  const inner = aPart({ node: '/dev/mapper/in', kind: 'crypt', label: 'IN', uuid: 'in' });
  const parent = aPart({ fileSystem: 'crypto_LUKS', uuid: 'luks', holders: [inner.node] });
  const { volumes } = only(aDisk({ parts: [parent, inner] }), ['luks']);
  expect(volumes).toMatchObject([{ node: inner.node, writeRefusal: { code: 'protected' } }]);
});

test('protecting nothing in particular protects nothing', () => {
  const bare = aDisk({ serial: null, parts: [aPart({ label: null, uuid: null })] });
  expect(only(bare, ['', 'null']).volumes[0]?.writeRefusal).toBeNull();
});
