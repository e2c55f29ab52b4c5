import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

import type { Lab } from '../../case.ts';
import type { Guest } from '../../guest/guest.ts';
import { installProgram } from '../../guest/install-program.ts';
import { expectThat, LabError } from '../../guest/lab-error.ts';
import type { MediaAnswer, MediaOrder } from '../../in-guest/use-media.ts';

export type Outcome = Extract<MediaAnswer, { readonly outcome: string }>;
export type BackupOrder = Extract<MediaOrder, { readonly do: 'backup' }>;

/** A guest in which our own program waits for orders. */
export class MediaGuest implements AsyncDisposable {
  readonly guest: Guest;
  readonly #orders = new PassThrough({ encoding: 'utf8' });
  readonly #waiting = new Map<string, () => void>();
  #seen: string[] = [];
  #outcome: PromiseWithResolvers<Outcome> | null = null;

  private constructor(guest: Guest, program: string) {
    this.guest = guest;
    const output = new PassThrough();
    createInterface({ input: output }).on('line', (line) => {
      this.#take(JSON.parse(line) as MediaAnswer);
    });
    const ended = guest.check(`node ${program}`, {
      input: this.#orders as AsyncIterable<string>,
      milliseconds: 30 * 60_000,
      onOutput: (text) => output.write(text),
    });
    ended.catch((cause: unknown) => this.#outcome?.reject(cause));
  }

  static async open(lab: Lab): Promise<MediaGuest> {
    await using stack = new AsyncDisposableStack();
    const guest = stack.use(await lab.openGuest());
    await guest.mountRepository();
    const media = new MediaGuest(guest, await installProgram('use-media'));
    stack.move();
    return media;
  }

  /** Gives an order; resolves to what came of it, whatever that is. */
  async order(order: MediaOrder): Promise<Outcome> {
    expectThat(this.#outcome === null, 'the order before is not done yet');
    const outcome = Promise.withResolvers<Outcome>();
    this.#outcome = outcome;
    this.#seen = [];
    this.#say(order);
    try {
      return await outcome.promise;
    } finally {
      this.#outcome = null;
    }
  }

  /** Backs up a small secret to the only stick, unless something else is said. */
  async backUp(order: Partial<BackupOrder> = {}): Promise<Outcome> {
    return await this.order({ do: 'backup', to: ['usb'], name: 'sso', size: 100_000, ...order });
  }

  /** Resolves when the order that is being carried out has come to a phase whose name begins like that. */
  async comesTo(phase: string): Promise<void> {
    if (this.#seen.some((it) => it.startsWith(phase))) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.set(phase, () => resolve(undefined));
    await promise;
    this.#waiting.delete(phase);
  }

  /** Calls the order off that is being carried out. */
  cancel(): void {
    this.#say({ do: 'cancel' });
  }

  /** Lets an order go on that has paused. */
  go(): void {
    this.#say({ do: 'go' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guest[Symbol.asyncDispose]();
  }

  #say(order: MediaOrder): void {
    this.#orders.write(`${JSON.stringify(order)}\n`);
  }

  #take(answer: MediaAnswer): void {
    if ('outcome' in answer) {
      this.#outcome?.resolve(answer);
      // Whoever waits for a phase that did not come has to look at the outcome.
      for (const resolve of this.#waiting.values()) resolve();
      return;
    }
    this.#seen.push(answer.phase);
    for (const [phase, resolve] of this.#waiting) if (answer.phase.startsWith(phase)) resolve();
  }
}

/** The name of the file that a backup made; there has to be one copy, and it has to be proven. */
export function fileOf({ outcome, message, copies }: Outcome): string {
  const [copy, ...others] = copies ?? [];
  if (outcome !== 'done' || copy === undefined || others.length > 0 || copy.file === null) {
    throw new LabError(`the backup ended with ${outcome}: ${message}`);
  }
  return copy.file.slice(copy.file.lastIndexOf('/') + 1);
}

/** What a typed error is: anything but a defect. */
export function expectTyped({ outcome, message }: Outcome): void {
  expectThat(outcome !== 'UNTYPED' && outcome !== 'INTERNAL', `${outcome}: ${message}`);
}

export function expectOutcome({ outcome, message }: Outcome, wanted: string): void {
  expectThat(outcome === wanted, `${outcome} instead of ${wanted}: ${message}`);
}
