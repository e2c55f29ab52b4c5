import type { Socket } from 'node:net';
import { join } from 'node:path';

import type { PivCard } from '@holdfast/token/testing';

import type { Guest } from '../guest/guest.ts';
import { connected } from '../guest/connected.ts';
import { decodeMessages, encodeInit, encodeMessage, MESSAGE, type VscMessage } from './vscard.ts';

const QEMU_WITHIN = 30_000;

/**
 * A USB smartcard reader (CCID) in the guest's port, and the virtual cards that go into it. Real drivers serve
 * it: libccid and pcscd. It passes on neither power nor reset: a card forgets its login only when it is taken out.
 */
export class UsbReader implements AsyncDisposable {
  /** Done with each command before the card sees it: the moment to pull something. */
  beforeCommand: (apdu: Buffer) => Promise<void> | void = () => undefined;
  readonly #guest: Guest;
  readonly #id: string;
  #socket: Socket | null = null;
  #card: PivCard | null = null;
  #times = 0;

  /** Not plugged in yet; each reader of a guest has its own `id`. */
  constructor(guest: Guest, id = 'reader') {
    this.#guest = guest;
    this.#id = id;
  }

  /** Puts the reader into a port of the guest; the card, when one is in it, comes with it. */
  async plug(): Promise<void> {
    const chardev = this.#chardev((this.#times += 1));
    const path = join(this.#guest.folder, chardev);
    const addr = { type: 'unix', data: { path } };
    const { qmp } = this.#guest;
    await qmp.do('chardev-add', {
      id: chardev,
      backend: { type: 'socket', data: { addr, server: true, wait: false } },
    });
    await qmp.do('device_add', { driver: 'usb-ccid', id: this.#id, bus: 'xhci.0' });
    const card = { driver: 'ccid-card-passthru', id: `${this.#id}-card`, chardev };
    await qmp.do('device_add', { ...card, bus: `${this.#id}.0` });
    const socket = await connected(path, AbortSignal.timeout(QEMU_WITHIN));
    this.#socket = socket;
    await this.#serve(socket);
    if (this.#card !== null) this.insert(this.#card);
  }

  /** Pulls the reader out of its port, without a word to the guest. */
  async unplug(): Promise<void> {
    await this.#guest.qmp.unplug(this.#id);
    this.#socket?.destroy();
    this.#socket = null;
    await this.#guest.qmp.do('chardev-remove', { id: this.#chardev(this.#times) });
  }

  insert(card: PivCard): void {
    this.#card = card;
    card.reset();
    this.#socket?.write(encodeMessage(MESSAGE.atr, card.atr));
  }

  /**
   * Pulls the card out of the reader. Not while a command waits for its answer: QEMU would let the guest wait
   * for ever, as no real reader does.
   */
  remove(): void {
    this.#card = null;
    this.#socket?.write(encodeMessage(MESSAGE.cardRemove));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
  }

  #chardev(time: number): string {
    return `${this.#id}-line-${time}`;
  }

  /** Resolves when QEMU has taken the connection. */
  async #serve(socket: Socket): Promise<void> {
    const taken = Promise.withResolvers<undefined>();
    let rest = Buffer.alloc(0);
    let before = Promise.resolve();
    socket.on('close', () => taken.reject(new Error('QEMU let go of the card')));
    socket.on('data', (bytes: Buffer) => {
      const decoded = decodeMessages(Buffer.concat([rest, bytes]));
      rest = Buffer.from(decoded.rest);
      for (const message of decoded.messages) {
        if (message.type === MESSAGE.init) taken.resolve(undefined);
        // One after the other, and none on a line that has been cut meanwhile.
        before = before.then(async () => await this.#answer(socket, message));
        before.catch(() => socket.destroy());
      }
    });
    socket.write(encodeInit());
    await taken.promise;
    socket.write(encodeMessage(MESSAGE.readerAdd, Buffer.from('Virtual\0')));
  }

  async #answer(socket: Socket, { type, content }: VscMessage): Promise<void> {
    if (type === MESSAGE.flush) socket.write(encodeMessage(MESSAGE.flushComplete));
    if (type !== MESSAGE.apdu) return;
    await this.beforeCommand(content);
    if (this.#card === null || socket.destroyed) return;
    socket.write(encodeMessage(MESSAGE.apdu, this.#card.transmit(content)));
  }
}
