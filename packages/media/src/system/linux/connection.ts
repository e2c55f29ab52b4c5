import { readFile, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { Bus } from '../../ports.ts';

/** How a disk is connected, as the kernel tells it. */
export interface Connection {
  readonly bus: Bus;
  readonly hotPlugged: boolean;
  /** What a USB device says of itself. */
  readonly usb: UsbDescription | null;
}

export interface UsbDescription {
  /** Its folder in sysfs. */
  readonly folder: string;
  readonly id: string;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly serial: string | null;
}

const BUSES: Readonly<Record<string, Bus>> = {
  usb: 'usb',
  firewire: 'firewire',
  ieee1394: 'firewire',
  thunderbolt: 'thunderbolt',
  mmc: 'mmc',
  nvme: 'nvme',
  virtio: 'virtio',
};

/**
 * Follows a disk up to the bus that it hangs on. The disk's own "removable" bit is not asked: it is set on
 * internal disks, and clear on most external ones.
 */
export async function connectionOf(sys: string, kernelName: string): Promise<Connection> {
  const top = await realpath(join(sys, 'devices')).catch(() => join(sys, 'devices'));
  let folder = await realpath(join(sys, 'block', kernelName)).catch(() => top);
  let bus: Bus | null = null;
  let external = false;
  let usb: UsbDescription | null = null;
  while (folder.startsWith(`${top}/`)) {
    const subsystem = await subsystemOf(folder);
    if (subsystem === 'usb') usb ??= await usbDescription(folder);
    bus ??= await busOf(folder, subsystem);
    // Not the disk's own bit, but that of the port or slot that something is plugged into.
    if (subsystem !== 'block' && (await text(folder, 'removable')) === 'removable') external = true;
    folder = dirname(folder);
  }
  if (usb !== null) bus = 'usb';
  const plugged = bus === 'usb' || bus === 'sd' || bus === 'firewire' || bus === 'thunderbolt';
  return { bus: bus ?? 'other', hotPlugged: plugged || external, usb };
}

async function busOf(folder: string, subsystem: string | null): Promise<Bus | null> {
  // An SD card and the chip that is soldered in are on the same bus.
  if (subsystem === 'mmc') return (await text(folder, 'type')) === 'SD' ? 'sd' : 'mmc';
  if (/^ata\d+$/.test(basename(folder))) return 'ata';
  if (subsystem === 'scsi') return null;
  return BUSES[subsystem ?? ''] ?? (subsystem === 'pci' ? 'other' : null);
}

/** The interfaces of a USB device lie in folders of their own, without a description. */
async function usbDescription(folder: string): Promise<UsbDescription | null> {
  const [vendorId, productId] = [await text(folder, 'idVendor'), await text(folder, 'idProduct')];
  if (vendorId === null || productId === null) return null;
  return {
    folder,
    id: `${vendorId}:${productId}`,
    vendor: await text(folder, 'manufacturer'),
    product: await text(folder, 'product'),
    serial: await text(folder, 'serial'),
  };
}

async function subsystemOf(folder: string): Promise<string | null> {
  return await readlink(join(folder, 'subsystem')).then(
    (target) => basename(target),
    () => null,
  );
}

/** One attribute; `null` when it is not there or says nothing. */
export async function text(folder: string, name: string): Promise<string | null> {
  const content = await readFile(join(folder, name), 'utf8').catch(() => '');
  return content.trim() === '' ? null : content.trim();
}
