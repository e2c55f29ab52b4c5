import type { Bus, Disk, Part } from '../../ports.ts';
import { fileSystemName } from './file-systems.ts';
import { bytes, known, type Block, type Drive, type MountedUse } from './library.ts';

/** All that is known of a Windows machine's disks. */
export interface WindowsFacts {
  /** `blockDevices()`: whatever has a drive letter. */
  readonly blocks: readonly Block[];
  /** `fsSize()` */
  readonly uses: readonly MountedUse[];
  /** `diskLayout()`: the disks themselves. */
  readonly drives: readonly Drive[];
  /** Where Windows is: `C:`, as a rule. */
  readonly systemDrive: string;
}

/** The names of MSFT_PhysicalDisk.BusType and Win32_DiskDrive.InterfaceType. */
const BUSES: Readonly<Record<string, Bus>> = {
  usb: 'usb',
  '1394': 'firewire',
  sd: 'sd',
  mmc: 'mmc',
  ide: 'ata',
  ata: 'ata',
  sata: 'ata',
  nvme: 'nvme',
  scsi: 'scsi',
  sas: 'scsi',
};

/**
 * Makes disks of what systeminformation says. Volumes without a letter are not known, and what has a letter is
 * mounted. A letter of which it is not known what disk it is on (a network drive apart, which is none) becomes a disk
 * that is not offered. When it cannot be told which disk the system is on, nothing counts as plugged in.
 */
export function windowsDisks({ blocks, uses, drives, systemDrive }: WindowsFacts): Disk[] {
  const local = blocks.filter(({ physical }) => physical !== 'Network');
  const isSystem = (block: Block): boolean => same(block.name, systemDrive);
  const partOf = (block: Block): Part => readPart(block, uses, isSystem(block));
  const disks = drives.map((drive) => {
    const own = local.filter((block) => same(block.device, drive.device));
    return readDrive(drive, { own, drives, parts: own.map(partOf) });
  });
  const stray = local.filter((block) => !drives.some(({ device }) => same(block.device, device)));
  const all = [...disks, ...stray.map((block) => strayDisk(block, partOf(block)))];
  const knowsSystemDisk = local.some((block) => isSystem(block) && !stray.includes(block));
  return knowsSystemDisk ? all : all.map((disk) => ({ ...disk, bus: 'other', hotPlugged: false }));
}

function same(one: string | undefined, other: string): boolean {
  return one?.toUpperCase() === other.toUpperCase();
}

interface DriveView {
  readonly own: readonly Block[];
  readonly drives: readonly Drive[];
  readonly parts: readonly Part[];
}

function readDrive(drive: Drive, view: DriveView): Disk {
  const serial = known(drive.serialNum);
  return {
    node: drive.device,
    sequence: [drive.device, serial, drive.size, ...view.parts.map(({ uuid }) => uuid)].join(' '),
    ...connection(drive, view),
    usbId: null,
    vendor: known(drive.vendor),
    product: known(modelOf(drive)),
    serial,
    size: bytes(drive.size),
    readOnly: false,
    optical: false,
    parts: view.parts,
  };
}

/** Windows puts the driver behind the name: "SanDisk Cruzer USB Device". */
function modelOf({ name }: Drive): string {
  return name
    .replace(/\s+(?:USB|ATA|SCSI Disk) Device$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function connection(drive: Drive, { own, drives }: DriveView): Pick<Disk, 'bus' | 'hotPlugged'> {
  const bus = BUSES[drive.interfaceType.toLowerCase()] ?? 'other';
  const removable = own.length > 0 && own.every((block) => block.removable);
  switch (bus) {
    case 'usb':
    case 'firewire':
      return isSure(drive, drives) || removable
        ? { bus, hotPlugged: true }
        : { bus: 'other', hotPlugged: false };
    case 'sd':
      // Chips that are soldered in call themselves so too, but not removable.
      return { bus, hotPlugged: removable };
    default:
      return { bus, hotPlugged: false };
  }
}

/**
 * Whether the bus is surely that of this disk. The library joins two lists by serial number, else by name: of two
 * disks that are alike, one may have the other's. Only the driver for USB sticks puts its name behind that of a disk.
 */
function isSure(drive: Drive, drives: readonly Drive[]): boolean {
  if (drive.name.endsWith(' USB Device')) return true;
  const alike = (it: Drive): boolean =>
    modelOf(it) === modelOf(drive) ||
    (it.serialNum === drive.serialNum && known(it.serialNum) !== null);
  return drives.filter(alike).length === 1;
}

/** A card reader without a card, a disc, a floppy, a RAM disk, or a volume that spans several disks. */
function strayDisk(block: Block, part: Part): Disk {
  return {
    node: block.name,
    sequence: `${block.name} ${part.uuid ?? ''}`,
    bus: 'other',
    hotPlugged: false,
    usbId: null,
    vendor: null,
    product: null,
    serial: null,
    size: part.size,
    readOnly: false,
    optical: block.physical === 'CD/DVD',
    parts: [part],
  };
}

function readPart(block: Block, uses: readonly MountedUse[], isSystem: boolean): Part {
  const use = uses.find(({ mount }) => same(mount, block.mount));
  const fileSystem = fileSystemName(block.fsType);
  // 1 is "readable"; 0, "unknown", is what most disks have.
  const readOnly = use?.rw === false;
  const path = `${block.mount}\\`;
  return {
    node: block.name,
    number: null,
    kind: 'partition',
    fileSystem,
    label: known(block.label),
    uuid: volumeId(known(block.uuid), fileSystem),
    size: bytes(block.size),
    readOnly,
    free: use?.available ?? null,
    mounts: fileSystem === null ? [] : [{ path, readOnly, driver: fileSystem }],
    swap: false,
    // Where Windows is, there is this; it says "system" even when that is not C:.
    files: isSystem ? [`${path}pagefile.sys`] : [],
    holders: [],
  };
}

/** As Linux writes it: `1A2B-3C4D` for FAT. Of NTFS Windows tells the last half only. */
function volumeId(serial: string | null, fileSystem: string | null): string | null {
  if (serial === null || !['vfat', 'exfat'].includes(fileSystem ?? '')) return serial;
  return serial.replace(/^([0-9A-F]{4})([0-9A-F]{4})$/i, '$1-$2');
}
