import { access, readdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import type { Disk, Part } from '../../ports.ts';
import type { RunProgram } from '../program.ts';
import { connectionOf, text } from './connection.ts';
import { readBlocks, type BlockRow } from './lsblk.ts';
import { readMounts, unescaped, type MountTable } from './mount-table.ts';

/** Where the kernel tells of itself. */
export interface KernelFolders {
  readonly sys: string;
  readonly proc: string;
}

const KINDS: Readonly<Record<string, Part['kind']>> = {
  disk: 'disk',
  part: 'partition',
  crypt: 'crypt',
  lvm: 'lvm',
};

interface View {
  readonly folders: KernelFolders;
  readonly mounts: MountTable;
  /** Nodes and files that are swapped to. */
  readonly swaps: readonly string[];
  /** Files that loop devices make disks of. */
  readonly loops: readonly string[];
}

/** All disks, from lsblk, mountinfo and sysfs. Loop devices and RAM disks are none. */
export async function readDisks(
  run: RunProgram,
  folders: KernelFolders,
  signal?: AbortSignal,
): Promise<Disk[]> {
  const rows = await readBlocks(run, signal);
  const view: View = {
    folders,
    mounts: await readMounts(folders.proc),
    swaps: await readSwaps(folders.proc),
    loops: await readLoops(folders.sys),
  };
  const disks = rows.filter(
    ({ type, kernelName }) =>
      (type === 'disk' || type === 'rom') && !/^(?:zram|ram|nbd|fd)\d/.test(kernelName),
  );
  const read = await Promise.all(
    disks.map(async (row) => ({
      disk: await readDisk(row, view),
      there: await isThere(row, view),
    })),
  );
  // lsblk still lists what was pulled out while it was asked; half of its facts are gone already.
  return read.filter(({ there }) => there).map(({ disk }) => disk);
}

async function readDisk(row: BlockRow, view: View): Promise<Disk> {
  const { sys } = view.folders;
  const { bus, hotPlugged, usb } = await connectionOf(sys, row.kernelName);
  const instance = await text(join(sys, 'block', row.kernelName), 'diskseq');
  return {
    node: row.path,
    // Kernels before 5.15 do not number them; the USB address grows with every plugging-in at least.
    sequence: instance ?? `${row.kernelName} ${await usbAddress(usb?.folder)}`,
    bus,
    hotPlugged,
    usbId: usb?.id ?? null,
    // Paravirtual disks have a number for a maker.
    vendor: usb?.vendor ?? (row.vendor?.startsWith('0x') === true ? null : row.vendor),
    product: usb?.product ?? row.model,
    serial: usb?.serial ?? row.serial,
    size: row.size,
    readOnly: row.readOnly,
    optical: row.type === 'rom',
    parts: await readParts(row, view),
  };
}

async function isThere({ kernelName }: BlockRow, { folders }: View): Promise<boolean> {
  return await access(join(folders.sys, 'block', kernelName)).then(
    () => true,
    () => false,
  );
}

async function usbAddress(folder: string | undefined): Promise<string> {
  if (folder === undefined) return '';
  return `${(await text(folder, 'busnum')) ?? ''}-${(await text(folder, 'devnum')) ?? ''}`;
}

/** The disk itself is a part only when it has no partitions. */
async function readParts(row: BlockRow, view: View): Promise<Part[]> {
  const below = await Promise.all(row.children.map(async (it) => await readParts(it, view)));
  const parts = below.flat();
  const partitioned = row.children.some(({ type }) => type === 'part');
  return partitioned ? parts : [await readPart(row, view), ...parts];
}

async function readPart(row: BlockRow, { mounts, swaps, loops }: View): Promise<Part> {
  const lines = mounts.of(row.number, row.path);
  const isBelow = (file: string): boolean => lines.some(({ path }) => file.startsWith(`${path}/`));
  const [first] = lines;
  return {
    node: row.path,
    number: row.number,
    kind: row.type.startsWith('raid') ? 'raid' : (KINDS[row.type] ?? 'other'),
    fileSystem: row.fileSystem,
    label: row.label,
    uuid: row.uuid,
    size: row.size,
    readOnly: row.readOnly,
    free: first === undefined ? null : await freeAt(first.path),
    mounts: lines.map(({ path, readOnly, driver }) => ({ path, readOnly, driver })),
    // What is mapped has a name for people and one that the kernel uses.
    swap: swaps.includes(row.path) || swaps.includes(`/dev/${row.kernelName}`),
    files: [...swaps, ...loops].filter(isBelow),
    holders: row.children.map(({ path }) => path),
  };
}

/** What a plain user may still write. */
async function freeAt(path: string): Promise<number | null> {
  return await statfs(path).then(
    ({ bsize, bavail }) => bsize * bavail,
    () => null,
  );
}

async function readSwaps(proc: string): Promise<string[]> {
  const lines = await readFile(join(proc, 'swaps'), 'utf8').catch(() => '');
  return lines
    .split('\n')
    .slice(1)
    .map((line) => unescaped(line.split(/\s/, 1)[0] ?? ''))
    .filter((path) => path !== '');
}

async function readLoops(sys: string): Promise<string[]> {
  const names = await readdir(join(sys, 'block')).catch(() => []);
  const files = names
    .filter((name) => name.startsWith('loop'))
    .map(async (name) => await text(join(sys, 'block', name, 'loop'), 'backing_file'));
  return (await Promise.all(files)).filter((file) => file !== null);
}
