import type { Bus, Disk, Mount, Part } from '../../ports.ts';
import type { ListedDisk } from './diskutil-list.ts';
import { darwinMounts, type DarwinMount } from './darwin-mounts.ts';
import { fileSystemName } from './file-systems.ts';
import { bytes, known, type Block, type MountedUse } from './library.ts';

/** All that is known of a Mac's disks. */
export interface DarwinFacts {
  /** `blockDevices()` */
  readonly blocks: readonly Block[];
  /** `fsSize()` */
  readonly uses: readonly MountedUse[];
  /** `diskutil list` */
  readonly listed: readonly ListedDisk[];
  /** Of `disk2` and so on: what tells this plugging-in from others. */
  readonly sequences: ReadonlyMap<string, string>;
}

/** Names of the bus that `diskutil` has. Whether SATA and PCI lead outside is not to be seen from them. */
const BUSES: Readonly<Record<string, Bus>> = {
  usb: 'usb',
  'secure digital': 'sd',
  firewire: 'firewire',
  thunderbolt: 'thunderbolt',
  sata: 'ata',
  ata: 'ata',
  atapi: 'ata',
};
/** What is on these was plugged in. A built-in card slot is "internal", the card in it is not. */
const PLUGGED: readonly Bus[] = ['usb', 'sd', 'firewire', 'thunderbolt'];
/** Buses of which a cable may lead outside, through Thunderbolt. Fibre Channel and iSCSI lead to other machines. */
const LEADS_OUTSIDE: readonly string[] = ['sata', 'ata', 'pci', 'pci-express', 'nvme'];
/** Small partitions that disk tools make for themselves; every GPT made on a Mac begins with one. */
const HELPERS: readonly string[] = [
  'EFI',
  'Apple_Boot',
  'Apple_partition_map',
  'Microsoft Reserved',
];

/**
 * Makes disks of what systeminformation and `diskutil list` say. An APFS container is counted to the disk that it
 * is on. Serial number, USB id and vendor are never known here. When it cannot be told which disk the system is on,
 * nothing counts as plugged in.
 */
export function darwinDisks(facts: DarwinFacts): Disk[] {
  const { listed } = facts;
  const mounts = darwinMounts(facts.blocks, facts.uses);
  const view: View = { ...facts, mounts };
  const disks = listed
    .filter(({ made, stores }) => !made || stores.length === 0)
    .map((whole) => readDisk(whole, view));
  return knowsSystemDisk(listed, mounts)
    ? disks
    : disks.map((disk) => ({ ...disk, bus: 'other', hotPlugged: false }));
}

interface View extends DarwinFacts {
  readonly mounts: readonly DarwinMount[];
}

function knowsSystemDisk(listed: readonly ListedDisk[], mounts: readonly DarwinMount[]): boolean {
  const root = mounts.find(({ path }) => path === '/');
  const whole = listed.find(({ identifier }) => identifier === wholeOf(root?.identifier));
  return whole !== undefined && !(whole.made && whole.stores.length === 0);
}

function wholeOf(identifier: string | undefined): string | undefined {
  return /^disk\d+/.exec(identifier ?? '')?.[0];
}

function readDisk(whole: ListedDisk, view: View): Disk {
  const { identifier } = whole;
  const block = view.blocks.find((it) => it.identifier === identifier);
  const parts = readParts(whole, view);
  const protocol =
    known(block?.protocol) ??
    known(view.blocks.find((it) => wholeOf(it.identifier) === identifier)?.protocol);
  return {
    node: `/dev/${identifier}`,
    sequence: view.sequences.get(identifier) ?? identifier,
    ...connection(protocol ?? '', whole),
    usbId: null,
    vendor: null,
    product: known(block?.model),
    serial: null,
    size: bytes(block?.size) || parts.reduce((sum, { size }) => sum + size, 0),
    readOnly: isReadOnly(block),
    // Not to be told from a write-protected card; both can be read and not written.
    optical: false,
    parts,
  };
}

function connection(
  protocol: string,
  { location, made }: ListedDisk,
): Pick<Disk, 'bus' | 'hotPlugged'> {
  const name = protocol.toLowerCase();
  // What it is made of is not known, so neither is where that is.
  const bus = made ? 'other' : (BUSES[name] ?? 'other');
  const outside = !made && location === 'external' && LEADS_OUTSIDE.includes(name);
  return { bus, hotPlugged: PLUGGED.includes(bus) || outside };
}

/** The partitions of a disk, or itself when it has none, and what is made of them. */
function readParts(whole: ListedDisk, view: View): Part[] {
  const rows = whole.rows.filter(({ identifier }) => !/^disk\d+s\d+s/.test(identifier));
  const own = rows.length > 0 ? rows : [{ identifier: whole.identifier, type: '' }];
  return own.flatMap(({ identifier, type }) => {
    const above = view.listed
      .filter(({ stores }) => stores.includes(identifier))
      .flatMap((it) => readParts(it, view));
    const part = readPart(identifier, above, view);
    return HELPERS.includes(type) && part.mounts.length === 0 ? above : [part, ...above];
  });
}

function readPart(identifier: string, above: readonly Part[], { blocks, mounts }: View): Part {
  const block = blocks.find((it) => it.identifier === identifier);
  // macOS runs from a snapshot of its volume, which has a name of its own: disk3s1s1.
  const here = mounts.filter(
    (it) => it.identifier === identifier || it.identifier.startsWith(`${identifier}s`),
  );
  const isWhole = wholeOf(identifier) === identifier;
  const lines = isWhole ? here.filter((it) => it.identifier === identifier) : here;
  return {
    node: `/dev/${identifier}`,
    number: null,
    kind: isWhole ? 'disk' : 'partition',
    fileSystem: fileSystemName(block?.fsType ?? ''),
    label: known(block?.label),
    uuid: known(block?.uuid),
    size: bytes(block?.size),
    readOnly: isReadOnly(block),
    free: lines[0]?.free ?? null,
    mounts: lines.map(({ path, readOnly, driver }): Mount => ({ path, readOnly, driver })),
    swap: false,
    files: [],
    holders: above.map(({ node }) => node),
  };
}

/** The library takes all media that are read-only for discs, and does not notice them on newer macOS. */
function isReadOnly(block: Block | undefined): boolean {
  return block?.physical === 'CD/DVD';
}
