import type { Disk, Medium, Part, Refusal, RefusalCode, Volume } from './ports.ts';
import { systemPath } from './system-paths.ts';

/** File systems that Holdfast writes backups to. Others may lose them, or were never tried. */
const WRITABLE: readonly string[] = [
  ...['vfat', 'exfat', 'ntfs', 'ntfs3', 'ext2', 'ext3', 'ext4'],
  ...['xfs', 'btrfs', 'apfs', 'hfsplus'],
];
const READABLE: readonly string[] = [...WRITABLE, 'f2fs', 'iso9660', 'udf', 'squashfs'];
/** What is part of something larger, which is not whole without its other parts. */
const MEMBERS: Readonly<Record<string, string>> = {
  lvm2_member: 'LVM',
  linux_raid_member: 'RAID',
  isw_raid_member: 'RAID',
  ddf_raid_member: 'RAID',
  zfs_member: 'ZFS',
  bcache: 'bcache',
  drbd: 'DRBD',
  mpath_member: 'multipath',
  bitlocker: 'BitLocker',
  ceph_bluestore: 'Ceph',
};

/** Names of media that nothing is ever written to: label, UUID or serial number of each. */
export type Protected = readonly string[];

/** Decides what is offered: what was plugged in from outside and does not carry the running system. */
export function offer(disks: readonly Disk[], isProtected: Protected = []): Medium[] {
  return disks.map((disk) => {
    const { parts, optical: _, ...facts } = disk;
    const wider = parts.map((part) => withAllOfItsMounts(part, disks));
    const refusal = refuseDisk(disk, wider);
    const keepOff = isNamed(disk, isProtected);
    const volumes = wider
      .filter(({ holders }) => holders.length === 0)
      .map((part) => volumeOf(disk, part, keepOff));
    return { ...facts, refusal, volumes };
  });
}

/** A btrfs on several disks is mounted by the name of one of them only. */
function withAllOfItsMounts(part: Part, disks: readonly Disk[]): Part {
  if (part.fileSystem !== 'btrfs' || part.uuid === null) return part;
  const all = disks.flatMap(({ parts }) => parts).filter(({ uuid }) => uuid === part.uuid);
  return { ...part, mounts: all.flatMap(({ mounts }) => mounts) };
}

function refuseDisk(disk: Disk, parts: readonly Part[]): Refusal | null {
  if (disk.optical) return refusal('optical', 'it is an optical drive');
  if (disk.bus !== 'usb' && !disk.hotPlugged) {
    return refusal(
      'built-in',
      'it is built in, and only what is plugged in from outside is offered',
    );
  }
  const used = parts.map(useOf).find((use) => use !== null);
  if (used !== undefined) return used;
  if (disk.size === 0) return refusal('empty', 'there is no medium in it');
  return null;
}

/** How the running system leans on a part, in words. */
function useOf(part: Part): Refusal | null {
  const path = part.mounts.map((mount) => systemPath(mount.path)).find((it) => it !== null);
  if (path !== undefined) return refusal('system', `part of it is mounted at ${path}`);
  if (part.swap) return refusal('swap', 'part of it is swap space');
  const [file] = part.files;
  if (file !== undefined)
    return refusal('in-use', `the system uses a file on it as a disk: ${file}`);
  if (part.kind === 'lvm') return refusal('in-use', 'it is part of an LVM volume group in use');
  if (part.kind === 'raid') return refusal('in-use', 'it is part of a RAID in use');
  if (part.kind === 'other') return refusal('in-use', `${part.node} is made of it`);
  return null;
}

/** A medium is named by whatever is on it, inside an encrypted part too. */
function isNamed({ serial, parts }: Disk, names: Protected): boolean {
  const its = parts.flatMap(({ label, uuid }) => [
    label,
    uuid,
    uuid?.toLowerCase(),
    uuid?.toUpperCase(),
  ]);
  return names.some((name) => name === serial || its.includes(name));
}

function volumeOf(disk: Disk, part: Part, keepOff: boolean): Volume {
  const { node, number, fileSystem, label, uuid, size, free, mounts } = part;
  const writeRefusal = keepOff
    ? refusal('protected', 'it is protected: nothing is ever written to it')
    : refuseWriting(disk, part);
  return {
    ...{ node, number, fileSystem, label, uuid, size, free, mounts },
    refusal: refuseFileSystem(part),
    writeRefusal,
  };
}

function refuseFileSystem({ fileSystem }: Part): Refusal | null {
  if (fileSystem === null) return refusal('unformatted', 'there is no file system on it');
  const name = fileSystem.toLowerCase();
  if (name === 'swap') return refusal('swap', 'it is swap space');
  if (name === 'crypto_luks')
    return refusal('encrypted', 'it is encrypted: open it with cryptsetup first');
  const whole = MEMBERS[name];
  if (whole !== undefined) return refusal('member', `it is a part of ${whole}`);
  if (READABLE.includes(name)) return null;
  return refusal('unsupported', `its file system is ${fileSystem}, which Holdfast does not use`);
}

function refuseWriting(disk: Disk, { fileSystem, readOnly, mounts }: Part): Refusal | null {
  if (disk.readOnly || readOnly) {
    return refusal('read-only', 'it is write-protected; see whether it has a switch');
  }
  if (mounts.length > 0 && mounts.every((mount) => mount.readOnly)) {
    return refusal('read-only', `it is mounted read-only at ${mounts[0]?.path ?? ''}`);
  }
  if (fileSystem !== null && !WRITABLE.includes(fileSystem.toLowerCase())) {
    return refusal('read-only', `its file system is ${fileSystem}, which is not for writing`);
  }
  return null;
}

function refusal(code: RefusalCode, words: string): Refusal {
  return { code, words };
}
