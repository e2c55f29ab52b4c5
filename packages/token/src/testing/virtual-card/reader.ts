import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { PivCard } from './piv-card.ts';

const CONTROL = { on: 1, reset: 2, atr: 4 } as const;

/** Milliseconds. pcscd looks every 400; a loaded machine makes that longer. */
const POWERED = 3000;
const NOTICED = 1000;
const ATTEMPTS = 10;

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
  async insert(card: PivCard): Promise<void> {
    if (this.#socket !== null) throw new Error('there is a card in this reader');
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await this.#connect(card)) return;
      // pcscd takes it for the former card as long as it has not noticed that this one went.
      await this.remove();
      await sleep(NOTICED);
    }
    throw new Error('pcscd does not take the card');
  }

  /** Pulls the card, and resolves once pcscd has noticed: it looks every 400 ms, or with its next command. */
  async remove(): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    const closed = once(socket, 'close');
    const late = setTimeout(() => socket.destroy(), POWERED);
    socket.end();
    await closed;
    clearTimeout(late);
  }

  /** Pulls the card instead of answering the command after the next `commands`. */
  removeAfter(commands: number): void {
    this.#leave = this.commands + commands;
  }

  /** False when pcscd let go of the card, or did not power it in time. */
  async #connect(card: PivCard): Promise<boolean> {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    this.#socket = socket;
    this.#leave = null;
    this.commands = 0;
    card.reset();
    const powered = Promise.withResolvers<boolean>();
    const late = setTimeout(() => powered.resolve(false), POWERED);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
      powered.resolve(false);
    });
    void this.#serve(socket, card, () => powered.resolve(true)).catch(() => socket.destroy());
    try {
      return await powered.promise;
    } finally {
      clearTimeout(late);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
  }

  async #serve(socket: Socket, card: PivCard, powered: () => void): Promise<void> {
    for await (const message of messages(socket)) {
      if (this.#socket !== socket) continue;
      if (message.length === 1) {
        if (message[0] === CONTROL.atr) socket.write(framed(card.atr));
        else card.reset();
        if (message[0] === CONTROL.on) powered();
        continue;
      }
      if (this.#leave !== null && this.commands >= this.#leave) {
        socket.destroy();
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
