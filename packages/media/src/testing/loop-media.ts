import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { isSystemError } from '../durable/system-error.ts';
import { mediaError } from '../errors.ts';
import { offer } from '../offer.ts';
import type { ChosenVolume, Disk, MediaSystem } from '../ports.ts';
import { forgetBlocks } from '../system/linux/forget-blocks.ts';
import { readMounts } from '../system/linux/mount-table.ts';
import { mountVolume, unmountVolumes } from '../system/linux/mount.ts';
import { readDisks } from '../system/linux/read-disks.ts';
import { runProgram, type RunProgram } from '../system/program.ts';
import { needRoot, type Mounted } from './faults.ts';

const run = promisify(execFile);
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const FOLDERS = { sys: '/sys', proc: '/proc' };
const MIB = 1 << 20;

type FileSystem = 'ext4' | 'xfs' | 'btrfs';
/** Next to the smallest that each mkfs takes; the images are sparse. */
const SIZES: Readonly<Record<FileSystem, number>> = {
  ext4: 32 * MIB,
  xfs: 320 * MIB,
  btrfs: 114 * MIB,
};

/** What a USB stick says of itself. */
const USB = {
  bus: 'usb',
  hotPlugged: true,
  usbId: '0781:5583',
  vendor: 'SanDisk',
  product: 'Ultra Fit',
} as const;

/** A system whose USB sticks are files. What is done with them is done by the kernel, as with real ones. */
export interface LoopMedia extends AsyncDisposable {
  readonly system: MediaSystem;
  /** Makes a stick, and plugs it in unless asked otherwise. It goes with the system. */
  addStick(options?: StickOptions): Promise<Stick>;
}

export interface StickOptions {
  readonly label?: string | undefined;
  readonly fileSystem?: FileSystem | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly serial?: string | null | undefined;
  readonly plugged?: boolean | undefined;
}

export interface Stick {
  readonly label: string;
  readonly uuid: string;
  readonly serial: string | null;
  /** The file that its blocks lie in. */
  readonly image: string;
  /** Where it is plugged in now. */
  node(): string;
  plug(): Promise<void>;
  /** Whoever has it mounted has a dead file system then, if that is xfs. */
  unplug(): Promise<void>;
  /** The same, before anything else happens in this process. */
  pull(): void;
  /** Out, and in again under another name. */
  replug(): Promise<void>;
  /** The switch on its side: it is out and in again with that. */
  setReadOnly(on: boolean): Promise<void>;
  /** Makes the device larger; the file system stays as it is. */
  resize(size: number): Promise<void>;
  /** Leaves so many bytes free, by a file called `filler`; while it is mounted, before anything else happens. */
  fill(leave: number): Promise<void>;
  /** As somebody else would choose it who looked just now. */
  chosen(): Promise<ChosenVolume>;
  /** Mounted by somebody else. */
  openMounted(options?: string): Promise<Mounted>;
  /** Where it is mounted, by whomever. */
  mounts(): readonly MountedAs[];
  /** Has the medium return something else for these bytes, behind the back of whatever has it mounted. */
  alter(bytes: Uint8Array): Promise<void>;
}

export interface MountedAs {
  readonly path: string;
  /** As /proc/self/mountinfo has them. */
  readonly options: readonly string[];
}

/** Takes root; without it, this throws, and no test passes by showing nothing. */
export async function openLoopMedia(): Promise<LoopMedia> {
  needRoot();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sticks-'));
  const sticks: LoopStick[] = [];
  const plugged = (): LoopStick[] => sticks.filter((it) => it.device !== null);
  const list = async (): Promise<Disk[]> => {
    const here = plugged();
    const rows = await Promise.all(here.map(async (it) => await it.row()));
    const lsblk: RunProgram = async () => ({
      status: 0,
      stdout: JSON.stringify({ blockdevices: rows }),
      stderr: '',
    });
    const disks = await readDisks(lsblk, FOLDERS);
    return disks.map((disk, place) => ({ ...disk, ...here[place]?.usb }));
  };
  return {
    system: {
      readsBack: true,
      list,
      async fingerprint() {
        const mounts = await readFile('/proc/self/mountinfo', 'utf8');
        const devices = plugged().map(async (it) => await it.row());
        return `${JSON.stringify(await Promise.all(devices))}\n${mounts}`;
      },
      mount: async (volume, options) => await mountVolume(withoutUdisks, FOLDERS, volume, options),
      unmount: async (volumes) => await unmountVolumes(withoutUdisks, FOLDERS, volumes),
      async powerOff({ node }) {
        const stick = plugged().find(({ device }) => device === node);
        if (stick === undefined || stick.mounts().length > 0)
          throw mediaError('EJECT_FAILED', `${node} is in use, or is none`);
        await stick.unplug();
      },
      forgetBlocks: async (volume) => await forgetBlocks(withoutUdisks, volume),
    },
    async addStick(options = {}) {
      const stick = new LoopStick(folder, list, options);
      await stick.format();
      sticks.push(stick);
      if (options.plugged !== false) await stick.plug();
      return stick;
    },
    async [Symbol.asyncDispose]() {
      for (const stick of sticks) await stick.discard();
      await rm(folder, { recursive: true });
    },
  };
}

/** Where udisks runs, it would do what is to be tried here. */
const withoutUdisks: RunProgram = async (program, args, options) =>
  program === 'udisksctl'
    ? { status: null, stdout: '', stderr: 'there is no udisksctl' }
    : await runProgram(program, args, options);

class LoopStick implements Stick {
  readonly label: string;
  readonly uuid = randomUUID();
  readonly serial: string | null;
  readonly image: string;
  readonly usb: typeof USB & Pick<Disk, 'serial'>;
  device: string | null = null;
  #flags: readonly string[] = [];
  readonly #devices = new Set<string>();
  readonly #fileSystem: FileSystem;
  readonly #size: number;
  readonly #list: () => Promise<Disk[]>;

  constructor(folder: string, list: () => Promise<Disk[]>, options: StickOptions) {
    const { label = 'BLACK', fileSystem = 'ext4', serial = randomUUID().slice(0, 12) } = options;
    this.label = label;
    this.serial = serial;
    this.image = join(folder, `${this.uuid}.img`);
    this.usb = { ...USB, serial };
    this.#list = list;
    this.#fileSystem = fileSystem;
    this.#size = options.size ?? SIZES[fileSystem];
  }

  async format(): Promise<void> {
    await writeFile(this.image, '');
    await truncate(this.image, this.#size);
    const named = {
      // Without blocks that only root may use, so that what is free is the same for all.
      ext4: ['-m', '0', '-U', this.uuid],
      xfs: ['-m', `uuid=${this.uuid}`],
      btrfs: ['-U', this.uuid],
    }[this.#fileSystem];
    await run(`mkfs.${this.#fileSystem}`, ['-q', '-L', this.label, ...named, this.image], { env });
  }

  node(): string {
    if (this.device === null) throw new Error(`${this.label} is not plugged in`);
    return this.device;
  }

  async plug(): Promise<void> {
    if (this.device !== null) throw new Error(`${this.label} is plugged in`);
    const { stdout } = await run('losetup', ['--find', '--show', ...this.#flags, this.image], {
      env,
    });
    this.device = stdout.trim();
    this.#devices.add(this.device);
  }

  async unplug(): Promise<void> {
    this.pull();
  }

  pull(): void {
    const node = this.node();
    this.device = null;
    if (this.#fileSystem === 'xfs') {
      for (const { path } of mountsOf(node))
        execFileSync('xfs_io', ['-x', '-c', 'shutdown', path], { env });
    }
    this.#detach(node);
  }

  async replug(): Promise<void> {
    const former = this.node();
    this.device = null;
    // While the former one is there, its name is not free.
    await this.plug();
    const now = this.device;
    this.device = former;
    await this.unplug();
    this.device = now;
  }

  async setReadOnly(on: boolean): Promise<void> {
    this.#flags = on ? ['--read-only'] : [];
    await this.replug();
  }

  async resize(size: number): Promise<void> {
    await truncate(this.image, size);
    await run('losetup', ['--set-capacity', this.node()], { env });
  }

  async fill(leave: number): Promise<void> {
    const [mount] = this.mounts();
    if (mount === undefined) {
      await using mounted = await this.openMounted();
      fillFolder(mounted.path, leave);
    } else {
      fillFolder(mount.path, leave);
    }
  }

  async chosen(): Promise<ChosenVolume> {
    const medium = offer(await this.#list()).find(({ node }) => node === this.device);
    const volume = medium?.volumes[0];
    if (medium === undefined || volume === undefined) throw new Error(`${this.label} is not here`);
    return { medium, volume };
  }

  async openMounted(options = 'rw'): Promise<Mounted> {
    const path = `${this.image}.${randomUUID().slice(0, 8)}`;
    await mkdir(path);
    await run('mount', ['-o', options, this.node(), path], { env });
    return {
      path,
      at: (name) => join(path, name),
      async [Symbol.asyncDispose]() {
        const { all } = await readMounts('/proc');
        if (all.some((it) => it.path === path)) await run('umount', ['--lazy', path], { env });
      },
    };
  }

  mounts(): readonly MountedAs[] {
    return [...this.#devices].filter((node) => this.#isOn(node)).flatMap(mountsOf);
  }

  async alter(bytes: Uint8Array): Promise<void> {
    const place = (await readFile(this.image)).indexOf(bytes);
    if (place < 0) throw new Error(`${this.label} does not hold these bytes`);
    await using handle = await open(this.image, 'r+');
    await handle.write(Uint8Array.of((bytes[0] ?? 0) ^ 1), 0, 1, place);
    await handle.sync();
  }

  /** One row as `lsblk` has it. It knows nothing of file systems where udev does not run. */
  async row(): Promise<object> {
    const node = this.node();
    const name = basename(node);
    const [number = '', sectors = '', readOnly = ''] = await Promise.all(
      ['dev', 'size', 'ro'].map(async (it) => await readFile(`/sys/block/${name}/${it}`, 'utf8')),
    );
    return {
      ...{ path: node, kname: name, type: 'disk', 'maj:min': number.trim() },
      ...{ ro: readOnly.trim() === '1', size: Number(sectors) * 512, fstype: this.#fileSystem },
      ...{ label: this.label, uuid: this.uuid, serial: this.serial, vendor: null, model: null },
    };
  }

  async discard(): Promise<void> {
    for (const { path } of this.mounts().toReversed()) {
      await unmountAt(path);
      // What somebody used could not be unmounted by whom it was mounted by.
      await rmdir(path);
    }
    for (const node of this.#devices) this.#detach(node);
  }

  #detach(node: string): void {
    if (this.#isOn(node)) execFileSync('losetup', ['--detach', node], { env });
  }

  /** A device that was let go of may be somebody else's by now. */
  #isOn(node: string): boolean {
    const file = `/sys/block/${basename(node)}/loop/backing_file`;
    return existsSync(file) && readFileSync(file, 'utf8').trim() === this.image;
  }
}

function mountsOf(node: string): MountedAs[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , , path, options = ''] = before.split(' ');
    const [, source, more = ''] = after.split(' ');
    if (path === undefined || source !== node) return [];
    return [{ path, options: [...options.split(','), ...more.split(',')] }];
  });
}

function fillFolder(folder: string, leave: number): void {
  const free = (): number => {
    const { bsize, bavail } = statfsSync(folder);
    return bsize * bavail;
  };
  const filler = openSync(join(folder, 'filler'), 'w');
  try {
    // What others wrote just now may not be counted yet.
    for (let length = free() - leave; length > 0; length = free() - leave) {
      writeSync(filler, Buffer.alloc(Math.min(length, MIB)));
      if (length < MIB) fsyncSync(filler);
    }
    fsyncSync(filler);
  } catch (cause) {
    if (!isSystemError(cause, 'ENOSPC')) throw cause;
  } finally {
    closeSync(filler);
  }
}

/** Takes away what is mounted there, as somebody may at any moment. */
export async function unmountAt(path: string): Promise<void> {
  await run('umount', ['--lazy', path], { env });
}

/** An empty file system in memory over a folder, which hides what lies there. */
export async function openMountOver(path: string): Promise<AsyncDisposable> {
  await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', path], { env });
  return {
    async [Symbol.asyncDispose]() {
      const { all } = await readMounts('/proc');
      if (all.some((it) => it.path === path && it.driver === 'tmpfs'))
        await run('umount', ['--lazy', path], { env });
    },
  };
}
