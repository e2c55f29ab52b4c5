import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { PivCard } from './piv-card.ts';

const CONTROL = { on: 1, reset: 2, atr: 4 } as const;

/**
 * One reader of vpcd, the virtual driver of pcscd: its side of the card slot. Messages both ways are a
 * length of two bytes and that many bytes; a message of a single byte controls power.
 */
export class VirtualReader implements AsyncDisposable {
  readonly port: number;
  /** Milliseconds that each answer takes longer. */
  delay = 0;
  /** Command APDUs since the card was inserted. */
  commands = 0;
  #leave: number | null = null;
  #socket: Socket | null = null;

  constructor(port: number) {
    this.port = port;
  }

  get inserted(): boolean {
    return this.#socket !== null;
  }

  /** Resolves as soon as pcscd has powered the card. */
  async insert(card: PivCard, signal?: AbortSignal): Promise<void> {
    if (this.#socket !== null) throw new Error('there is a card in this reader');
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect', { signal });
    this.#socket = socket;
    this.#leave = null;
    this.commands = 0;
    card.reset();
    const powered = Promise.withResolvers<undefined>();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
      powered.reject(new Error('pcscd let go of the card'));
    });
    void this.#serve(socket, card, () => powered.resolve(undefined)).catch(() => socket.destroy());
    await powered.promise;
  }

  /** Pulls the card; pcscd notices at its next look, within half a second, or at its next command. */
  remove(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  /** Pulls the card instead of answering the command after the next `commands`. */
  removeAfter(commands: number): void {
    this.#leave = this.commands + commands;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.remove();
  }

  async #serve(socket: Socket, card: PivCard, powered: () => void): Promise<void> {
    for await (const message of messages(socket)) {
      if (message.length === 1) {
        if (message[0] === CONTROL.atr) socket.write(framed(card.atr));
        else card.reset();
        if (message[0] === CONTROL.on) powered();
        continue;
      }
      if (this.#leave !== null && this.commands >= this.#leave) {
        this.remove();
        return;
      }
      this.commands++;
      if (this.delay > 0) await sleep(this.delay);
      socket.write(framed(card.transmit(message)));
    }
  }
}

async function* messages(socket: Socket): AsyncGenerator<Buffer> {
  let buffered = Buffer.alloc(0);
  for await (const part of socket as AsyncIterable<Buffer>) {
    buffered = Buffer.concat([buffered, part]);
    while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE(0)) {
      const end = 2 + buffered.readUInt16BE(0);
      yield buffered.subarray(2, end);
      buffered = buffered.subarray(end);
    }
  }
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
