import type { Socket } from 'node:net';

import { LabError } from './lab-error.ts';
import { eachLine } from './lines.ts';
import { within, type Limit } from './within.ts';

interface Message {
  readonly QMP?: unknown;
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

type Waiting = PromiseWithResolvers<unknown>;

const ANSWER_WITHIN = 60_000;

/** The QEMU Machine Protocol: commands, each with its answer, and events in between. */
export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  readonly #listeners = new Set<(message: Message) => void>();
  readonly #greeting = Promise.withResolvers<undefined>();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#greeting.promise.catch(() => undefined);
    eachLine(socket, (line) => this.#take(JSON.parse(line) as Message));
    socket.on('close', () => {
      const gone = new LabError('QEMU has ended');
      this.#greeting.reject(gone);
      for (const it of this.#waiting.splice(0)) it.reject(gone);
    });
  }

  /** Must be done first. */
  async start(): Promise<void> {
    await this.#greeting.promise;
    await this.do('qmp_capabilities');
  }

  async do<T = unknown>(
    execute: string,
    args: Readonly<Record<string, unknown>> = {},
    limit: Limit = { milliseconds: ANSWER_WITHIN },
  ): Promise<T> {
    return await within(`QMP ${execute}`, limit, async () => {
      const answer: Waiting = Promise.withResolvers();
      this.#waiting.push(answer);
      this.#socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
      try {
        return (await answer.promise) as T;
      } catch (error) {
        throw new LabError(`QMP ${execute}: ${(error as Error).message}`, { cause: error });
      }
    });
  }

  /** Listens from now on; the promise is for later. */
  async event(
    name: string,
    fits: (content: Readonly<Record<string, unknown>>) => boolean = () => true,
    limit: Limit = { milliseconds: ANSWER_WITHIN },
  ): Promise<void> {
    const seen = Promise.withResolvers<undefined>();
    const listener = (message: Message): void => {
      if (message.event === name && fits(message.data ?? {})) seen.resolve(undefined);
    };
    this.#listeners.add(listener);
    try {
      await within(`QMP event ${name}`, limit, async () => await seen.promise);
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Takes a part out of the machine at once, as a hand would, and waits until QEMU has let go of it. */
  async unplug(id: string): Promise<void> {
    const gone = this.event('DEVICE_DELETED', (it) => it['device'] === id);
    await Promise.all([gone, this.do('device_del', { id })]);
  }

  #take(message: Message): void {
    if (message.QMP !== undefined) this.#greeting.resolve(undefined);
    else if (message.event !== undefined) for (const it of this.#listeners) it(message);
    else if (message.error !== undefined) {
      this.#waiting.shift()?.reject(new LabError(message.error.desc));
    } else this.#waiting.shift()?.resolve(message.return);
  }
}
