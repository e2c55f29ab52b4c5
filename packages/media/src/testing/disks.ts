import type { Disk, MediaSystem, Mount, Part } from '../ports.ts';

/** A USB stick with one vfat partition, as the system tells of it, unless something else is said. */
export function aDisk(more: Partial<Disk> = {}): Disk {
  return {
    node: '/dev/sdb',
    sequence: '7',
    bus: 'usb',
    hotPlugged: true,
    usbId: '0781:5583',
    vendor: 'SanDisk',
    product: 'Ultra Fit',
    serial: '4C530001230101',
    size: 32_000_000_000,
    readOnly: false,
    optical: false,
    parts: [aPart()],
    ...more,
  };
}

export function aPart(more: Partial<Part> = {}): Part {
  return {
    node: '/dev/sdb1',
    number: '8:17',
    kind: 'partition',
    fileSystem: 'vfat',
    label: 'BLACK',
    uuid: '1234-ABCD',
    size: 31_000_000_000,
    readOnly: false,
    free: null,
    mounts: [],
    swap: false,
    files: [],
    holders: [],
    ...more,
  };
}

export function mountedAt(path: string, more: Partial<Mount> = {}): Mount {
  return { path, readOnly: false, driver: 'vfat', ...more };
}

/** A system on which disks come and go as a test says; nothing of theirs can be mounted. */
export interface ToldSystem extends MediaSystem {
  disks: readonly Disk[];
  /** How often each was asked. */
  readonly asked: { list: number; fingerprint: number };
}

export function toldSystem(...disks: readonly Disk[]): ToldSystem {
  const nothing = async (): Promise<never> =>
    await Promise.reject(new Error('there is nothing behind these disks'));
  return {
    readsBack: true,
    disks,
    asked: { list: 0, fingerprint: 0 },
    async list() {
      this.asked.list += 1;
      return this.disks;
    },
    async fingerprint() {
      this.asked.fingerprint += 1;
      return JSON.stringify(this.disks);
    },
    mount: nothing,
    unmount: nothing,
    powerOff: nothing,
    forgetBlocks: nothing,
  };
}
