import { randomBytes } from 'node:crypto';

import type { Guest } from '../guest/guest.ts';
import { usbDevice } from './usb-device.ts';

/** Something on USB that is no disk: nothing of it concerns who looks for sticks. */
export class UsbGadget {
  readonly #guest: Guest;
  readonly #driver: string;
  readonly #id = `gadget-${randomBytes(6).toString('hex')}`;

  /** Not plugged in yet. */
  constructor(guest: Guest, driver: 'usb-mouse' | 'usb-kbd' | 'usb-ccid' | 'usb-hub') {
    this.#guest = guest;
    this.#driver = driver;
  }

  /** Resolves when the guest and its udev have taken notice. */
  async plug(): Promise<void> {
    const { qmp } = this.#guest;
    await qmp.do('device_add', { driver: this.#driver, id: this.#id, bus: 'xhci.0' });
    const folder = await usbDevice(this.#guest, this.#id);
    await this.#guest.until(`grep -q 1 ${folder}/bConfigurationValue && udevadm settle`);
  }

  async unplug(): Promise<void> {
    const folder = await usbDevice(this.#guest, this.#id);
    await this.#guest.qmp.unplug(this.#id);
    await this.#guest.until(`! test -e ${folder} && udevadm settle`);
  }
}
