import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Stopped, type Control } from './control.ts';
import type { FileEnd } from './file-end.ts';
import { reopen } from './reopen.ts';

/** How often a thread that waits for a pipe looks whether the run goes on, in milliseconds. */
const LOOK = 25;

type Waiting = PromiseWithResolvers<number | null>;

/**
 * Lets a thread wait in its event loop until a pipe is ready: sooner than by asking it again and again.
 * Node gives no bare notice, so a wait to read takes one byte, and a wait to write takes all that is left.
 */
export class PipeWait implements Disposable {
  readonly #fd: number;
  readonly #access: 'read' | 'write';
  readonly #control: Control;
  readonly #byte = new Uint8Array(1);
  /**
   * Whether the pipe said "again" since this was made, so that somebody held its other end open. Linux tells
   * of the closing of a named pipe only who saw it open: without this, a wait could last for ever.
   */
  seenOpen = false;
  #socket: Socket | null = null;
  #waiting: Waiting | null = null;

  /** Takes ownership of `fd`. */
  constructor(fd: number, access: 'read' | 'write', control: Control) {
    this.#fd = fd;
    this.#access = access;
    this.#control = control;
  }

  /** The next byte, or `null` at the end. */
  async readByte(): Promise<number | null> {
    if (this.#socket?.destroyed === true) return null;
    return await this.#wait((socket) => socket.resume());
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#wait((socket, { resolve, reject }) =>
      socket.write(bytes, (error) => {
        if (error) reject(error);
        else resolve(null);
      }),
    );
  }

  async #wait(begin: (socket: Socket, waiting: Waiting) => void): Promise<number | null> {
    const waiting: Waiting = Promise.withResolvers();
    const look = setInterval(() => {
      if (this.#control.stopped) waiting.reject(new Stopped());
    }, LOOK);
    this.#waiting = waiting;
    try {
      // Not sooner: a socket begins to read at once.
      this.#socket ??= this.#openSocket();
      begin(this.#socket, waiting);
      return await waiting.promise;
    } finally {
      clearInterval(look);
      this.#waiting = null;
    }
  }

  #openSocket(): Socket {
    const readable = this.#access === 'read';
    const onread = {
      buffer: this.#byte,
      callback: () => {
        this.#waiting?.resolve(this.#byte[0] ?? null);
        return false; // no more, until it is asked for
      },
    };
    const fd = this.#fd;
    const socket = new Socket({ fd, readable, writable: !readable, ...(readable && { onread }) });
    socket.on('end', () => this.#waiting?.resolve(null));
    socket.on('error', (error) => this.#waiting?.reject(error));
    return socket;
  }

  [Symbol.dispose](): void {
    if (this.#socket === null) closeSync(this.#fd);
    else this.#socket.destroy();
  }
}

/** The waits of one thread. */
export class PipeWaits implements Disposable {
  readonly #control: Control;
  readonly #waits = new Map<number, PipeWait | null>();

  constructor(control: Control) {
    this.#control = control;
  }

  /** Makes it when it is first asked for. `null`: this end can only be asked again and again. */
  of(end: FileEnd): PipeWait | null {
    let wait = this.#waits.get(end.fd);
    if (wait === undefined) {
      const own = end.pipe === null ? null : reopen(end.fd, end.pipe);
      wait = own === null || end.pipe === null ? null : new PipeWait(own, end.pipe, this.#control);
      this.#waits.set(end.fd, wait);
    }
    return wait;
  }

  [Symbol.dispose](): void {
    for (const wait of this.#waits.values()) wait?.[Symbol.dispose]();
  }
}
