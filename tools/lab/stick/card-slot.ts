import { randomBytes } from 'node:crypto';

import type { Guest } from '../guest/guest.ts';
import { BadDisk } from './bad-disk/bad-disk.ts';
import { blockDevice } from './hot-disk.ts';
import { addMedium, removeMedium, type Medium } from './medium.ts';
import { usbDevice } from './usb-device.ts';

/** A USB reader for memory cards: its disk is there, with no size, also while there is no card in it. */
export class CardSlot {
  readonly #guest: Guest;
  readonly #id = `slot-${randomBytes(6).toString('hex')}`;
  #card: Medium | null = null;

  /** Not plugged in yet. */
  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Resolves to its device, such as `/dev/sda`. */
  async plug(): Promise<string> {
    const { qmp } = this.#guest;
    const id = this.#id;
    // Here the lab does what udev does where it is started by systemd: the kernel looks every two seconds.
    await this.#guest.check('echo 2000 >/sys/module/block/parameters/events_dfl_poll_msecs');
    const drive = { 'command-line': `drive_add 0 if=none,id=${id}-drive` };
    await qmp.do('human-monitor-command', drive);
    await qmp.do('device_add', { driver: 'usb-bot', id, bus: 'xhci.0', serial: 'LAB0001' });
    const disk = { driver: 'scsi-hd', id: `${id}-disk`, bus: `${id}.0`, drive: `${id}-drive` };
    await qmp.do('device_add', { ...disk, removable: true, vendor: 'Generic', product: 'SD/MMC' });
    const path = `/machine/peripheral/${id}`;
    await qmp.do('qom-set', { path, property: 'attached', value: true });
    return await blockDevice(this.#guest, `${await usbDevice(this.#guest, id)}/*/host*/target*/*`);
  }

  /** The guest notices within two seconds. */
  async insert(card: Medium): Promise<void> {
    const { qmp } = this.#guest;
    const id = `${this.#id}-disk`;
    const node = `${this.#id}-card`;
    await addMedium(qmp, node, card);
    await qmp.do('blockdev-open-tray', { id, force: true });
    await qmp.do('blockdev-insert-medium', { id, 'node-name': node });
    await qmp.do('blockdev-close-tray', { id });
    this.#card = card;
  }

  /** Pulls the card out, whatever the guest does with it just now. */
  async remove(): Promise<void> {
    const { qmp } = this.#guest;
    const id = `${this.#id}-disk`;
    if (this.#card instanceof BadDisk) await this.#card.losePower();
    await qmp.do('blockdev-open-tray', { id, force: true });
    await qmp.do('blockdev-remove-medium', { id });
    await qmp.do('blockdev-close-tray', { id });
    await removeMedium(qmp, `${this.#id}-card`);
    this.#card = null;
  }
}
