import type { Socket } from 'node:net';

import type { Reply, Request } from './agent-protocol.ts';
import { LabError } from './lab-error.ts';
import { eachLine } from './lines.ts';
import { within } from './within.ts';

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined;
  /** A minute, when nothing is said. */
  readonly milliseconds?: number;
  /** Standard input; what comes over time is passed on as it comes. */
  readonly input?: string | Uint8Array | AsyncIterable<string>;
  /** Sees standard output as it comes. */
  readonly onOutput?: (text: string) => void;
}

export interface CommandResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  readonly onOutput: ((text: string) => void) | undefined;
  readonly done: PromiseWithResolvers<CommandResult>;
}

/** The host's end of the agent that runs commands in the guest. */
export class Agent {
  readonly #socket: Socket;
  readonly #running = new Map<number, Running>();
  readonly #ready = Promise.withResolvers<undefined>();
  #last = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#ready.promise.catch(() => undefined);
    eachLine(socket, (line) => this.#take(JSON.parse(line) as Reply));
    socket.on('close', () => {
      const gone = new LabError('the guest is gone');
      this.#ready.reject(gone);
      for (const it of this.#running.values()) it.done.reject(gone);
      this.#running.clear();
    });
    this.#say({ hello: true });
  }

  /** Waits until the guest has booted. */
  async ready(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await within('boot', { milliseconds, signal }, async () => await this.#ready.promise);
  }

  /** Runs a shell command. When it is cancelled or takes too long, its whole process group is killed. */
  async run(command: string, options: CommandOptions = {}): Promise<CommandResult> {
    const id = (this.#last += 1);
    const done = Promise.withResolvers<CommandResult>();
    this.#running.set(id, { stdout: [], stderr: [], onOutput: options.onOutput, done });
    const limit = { milliseconds: options.milliseconds ?? 60_000, signal: options.signal };
    this.#say({ id, command });
    try {
      // What a program that has ended did not read is of no interest.
      this.#feed(id, options.input ?? '').catch((error: unknown) => done.reject(error));
      return await within(command.slice(0, 80), limit, async () => await done.promise);
    } finally {
      if (this.#running.delete(id)) this.#say({ id, kill: true });
    }
  }

  async #feed(id: number, input: NonNullable<CommandOptions['input']>): Promise<void> {
    const parts = typeof input === 'string' || input instanceof Uint8Array ? [input] : input;
    for await (const part of parts) {
      if (!this.#running.has(id)) return;
      this.#say({ id, input: Buffer.from(part).toString('base64') });
    }
    this.#say({ id, input: null });
  }

  #say(request: Request): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(request)}\n`);
  }

  #take(reply: Reply): void {
    if ('ready' in reply) {
      this.#ready.resolve(undefined);
      return;
    }
    const running = this.#running.get(reply.id);
    if (running === undefined) return;
    if ('out' in reply) {
      const bytes = Buffer.from(reply.out, 'base64');
      running.stdout.push(bytes);
      running.onOutput?.(bytes.toString());
    } else if ('err' in reply) running.stderr.push(Buffer.from(reply.err, 'base64'));
    else {
      this.#running.delete(reply.id);
      const { code, signal } = reply;
      const [stdout, stderr] = [running.stdout, running.stderr].map((it) =>
        Buffer.concat(it).toString(),
      );
      running.done.resolve({ code, signal, stdout: stdout ?? '', stderr: stderr ?? '' });
    }
  }
}
