import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';

import type { Guest } from '../guest/guest.ts';
import { expectThat } from '../guest/lab-error.ts';
import { BadDisk } from './bad-disk/bad-disk.ts';
import { addMedium, removeMedium, type Medium } from './medium.ts';

const PLUG_WITHIN = 60_000;

export interface DiskOptions {
  /** What it says of itself, as most sticks do and most USB disks do not. True, when nothing is said. */
  readonly removable?: boolean;
  readonly readOnly?: boolean;
  readonly serial?: string;
}

/** Properties that every disk has in QEMU. */
export interface DiskProperties {
  readonly drive: string;
  readonly serial: string;
  readonly removable: boolean;
  /** Else QEMU takes some errors for its own, and stops the guest. */
  readonly werror: 'report';
  readonly rerror: 'report';
}

/** A disk that is plugged in and pulled out while a guest runs. When the guest is no more, it fits into another. */
export abstract class HotDisk {
  readonly #medium: Medium;
  readonly #options: DiskOptions;
  #plugged: { readonly guest: Guest; readonly id: string; readonly device: string } | null = null;

  /** Not plugged in yet. */
  constructor(medium: Medium, options: DiskOptions) {
    this.#medium = medium;
    this.#options = options;
  }

  /** Resolves to its device, such as `/dev/sda`, when the guest and its udev have taken notice. */
  async plug(guest: Guest): Promise<string> {
    expectThat(this.#plugged?.guest !== guest, 'this disk is plugged in already');
    const { readOnly, removable = true, serial = 'LAB0001' } = this.#options;
    const id = `disk-${randomBytes(6).toString('hex')}`;
    const drive = `${id}-medium`;
    await addMedium(guest.qmp, drive, this.#medium, readOnly);
    const report = { werror: 'report', rerror: 'report' } as const;
    const folder = await this.attach(guest, id, { drive, serial, removable, ...report });
    const device = await blockDevice(guest, folder);
    this.#plugged = { guest, id, device };
    return device;
  }

  /** Pulls it out, whatever the guest does with it just now. Resolves when the guest has taken notice. */
  async unplug(): Promise<void> {
    const plugged = this.#plugged;
    expectThat(plugged !== null, 'this disk is not plugged in');
    const { guest, id, device } = plugged;
    if (this.#medium instanceof BadDisk) await this.#medium.losePower();
    await guest.qmp.unplug(id);
    await removeMedium(guest.qmp, `${id}-medium`);
    this.#plugged = null;
    await guest.until(`! test -e /sys/class/block/${basename(device)} && udevadm settle`);
  }

  /** Adds a device of this id to the machine; resolves to where the guest will have it, as a pattern in sysfs. */
  protected abstract attach(guest: Guest, id: string, properties: DiskProperties): Promise<string>;
}

/** Waits for the block device of the SCSI device that has this folder in sysfs. */
export async function blockDevice(guest: Guest, folder: string): Promise<string> {
  // When udev is done with a disk it writes down what it knows. Partitions come right behind.
  const name = await guest.until(
    `cd ${folder}/block/* && test -e /run/udev/data/b$(cat dev) && udevadm settle && basename $PWD`,
    { milliseconds: PLUG_WITHIN },
  );
  return `/dev/${name.trim()}`;
}
