import type { Guest } from '../guest/guest.ts';
import { HotDisk, type DiskOptions, type DiskProperties } from './hot-disk.ts';
import type { Medium } from './medium.ts';
import { usbDevice } from './usb-device.ts';

export interface StickOptions extends DiskOptions {
  /** In up to 8 letters; QEMU, when nothing is said. */
  readonly vendor?: string;
  /** In up to 16 letters. */
  readonly product?: string;
  /** Sticks are spoken to in bulk, better USB disks by USB Attached SCSI. */
  readonly protocol?: 'bulk' | 'uas';
}

/** A USB stick or a USB disk. */
export class UsbStick extends HotDisk {
  readonly #options: StickOptions;

  constructor(medium: Medium, options: StickOptions = {}) {
    super(medium, options);
    this.#options = options;
  }

  protected override async attach(
    guest: Guest,
    id: string,
    properties: DiskProperties,
  ): Promise<string> {
    const { vendor, product, protocol } = this.#options;
    const names = { ...(vendor && { vendor }), ...(product && { product }) };
    const { qmp } = guest;
    const driver = protocol === 'uas' ? 'usb-uas' : 'usb-bot';
    await qmp.do('device_add', { driver, id, bus: 'xhci.0', serial: properties.serial });
    const disk = { driver: 'scsi-hd', id: `${id}-disk`, bus: `${id}.0` };
    await qmp.do('device_add', { ...disk, ...properties, ...names });
    // Only now that the disk is in it, it shows up in its port.
    const path = `/machine/peripheral/${id}`;
    await qmp.do('qom-set', { path, property: 'attached', value: true });
    return `${await usbDevice(guest, id)}/*/host*/target*/*`;
  }
}
