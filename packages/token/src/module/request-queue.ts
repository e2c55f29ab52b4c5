import { ageError, type HoldfastError } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { ModuleSetting, RequestOptions } from '../ports.ts';
import { Awake } from './awake.ts';
import { checkModuleFile } from './check-module-file.ts';
import { deadlineOf, type Deadlines } from './deadlines.ts';
import { createJob, type Job } from './job.ts';
import { ModuleChild } from './module-child.ts';
import { wipeAll } from './wipe.ts';
import type { Reply, RequestMessage, RequestName, Requests } from './requests.ts';

/** How many requests a message takes; a second message waits in the pipe meanwhile. */
const BATCH = 16;

/** Requests to a module, in order; begins, ends and loses the process that answers them. */
export class RequestQueue {
  readonly #setting: ModuleSetting;
  readonly #deadlines: Deadlines;
  readonly #idleMilliseconds: number;
  readonly #awake = new Awake(() => this.#sent.length > 0);
  #waiting: Job[] = [];
  #sent: Job[] = [];
  #child: ModuleChild | null = null;
  /** While it is set, nothing is sent: a process begins or ends. */
  #busy: Promise<void> | null = null;
  #deadline: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #resting: NodeJS.Immediate | undefined;
  #killedBecause: HoldfastError | null = null;
  #nextId = 1;
  #scheduled = false;
  #closed = false;

  constructor(setting: ModuleSetting, deadlines: Deadlines, idleMilliseconds: number) {
    this.#setting = setting;
    this.#deadlines = deadlines;
    this.#idleMilliseconds = idleMilliseconds;
  }

  /** Bytes in `input` are taken over, and wiped when they were sent. */
  async ask<Name extends RequestName>(
    name: Name,
    input: Requests[Name]['input'],
    { signal }: RequestOptions = {},
  ): Promise<Requests[Name]['output']> {
    const message = { id: this.#nextId++, name, input } as RequestMessage;
    const { job, result } = createJob<Name>(message);
    const cancel = (): void => {
      job.settle(ageError('CANCELLED', 'it was cancelled', { cause: signal?.reason }));
      if (!this.#waiting.includes(job)) return;
      this.#waiting = this.#waiting.filter((other) => other !== job);
      wipeAll(job.message.input);
    };
    if (this.#closed) cancel();
    else if (signal?.aborted === true) cancel();
    else {
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(job);
      this.#schedule();
    }
    try {
      return await result;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#rest();
    }
  }

  async restart(): Promise<void> {
    if (this.#sent.length > 0 || this.#waiting.length > 0) return;
    this.#endInOrder();
    await this.#busy;
  }

  /** What still waits is CANCELLED; the module gets a moment to end in order. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#failAll(ageError('CANCELLED', 'the module was closed'));
    // It may hang in what it was asked last, or while it loads.
    const impatient = setTimeout(() => this.#child?.kill(), this.#deadlines.end);
    await this.#busy;
    await this.#end();
    clearTimeout(impatient);
  }

  /** Requests that are made together leave together. */
  #schedule(): void {
    clearTimeout(this.#idle);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#busy !== null || this.#waiting.length === 0) return;
    if (this.#child === null) {
      this.#busy = this.#begin().finally(() => {
        this.#busy = null;
        this.#pump();
        this.#rest();
      });
      return;
    }
    this.#child.keepAlive(true);
    while (this.#waiting.length > 0 && this.#sent.length <= BATCH) {
      this.#send(this.#child, this.#waiting.splice(0, BATCH));
    }
  }

  #send(child: ModuleChild, jobs: readonly Job[]): void {
    const idle = this.#sent.length === 0;
    this.#sent.push(...jobs);
    child.send(jobs.map(({ message }) => message));
    for (const { message } of jobs) wipeAll(message.input);
    if (idle) this.#watch();
    this.#awake.stay();
  }

  async #begin(): Promise<void> {
    try {
      await checkModuleFile(this.#setting.path);
      if (this.#closed) return;
      const child = new ModuleChild({
        replies: (replies) => {
          this.#take(replies);
        },
        gone: (how) => {
          this.#lose(child, how);
        },
      });
      this.#child = child;
      child.keepAlive(true);
      await this.#first(child, { id: 0, name: 'load', input: this.#setting });
    } catch (error) {
      this.#failAll(error as Error);
      await this.#drop();
    }
  }

  /** A request of our own, that nothing may overtake. */
  async #first(child: ModuleChild, message: RequestMessage): Promise<void> {
    const { job, result } = createJob(message);
    this.#send(child, [job]);
    await result;
  }

  #take(replies: readonly Reply[]): void {
    for (const reply of replies) {
      const job = this.#sent.shift();
      if (job?.message.id !== reply.id) {
        this.#kill(tokenError('MODULE_FAILED', `${this.#setting.path} answered out of turn`));
        return;
      }
      job.settle(reply);
    }
    this.#watch();
    this.#pump();
  }

  /** The deadline is that of the request which the module is busy with. */
  #watch(): void {
    clearTimeout(this.#deadline);
    const [head] = this.#sent;
    if (head === undefined) return;
    const { name } = head.message;
    this.#deadline = setTimeout(
      () => {
        this.#kill(tokenError('MODULE_TIMEOUT', `${this.#setting.path} did not answer "${name}"`));
      },
      deadlineOf(name, this.#deadlines),
    );
  }

  #kill(because: HoldfastError): void {
    this.#killedBecause = because;
    this.#child?.kill();
  }

  #lose(child: ModuleChild, how: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    clearTimeout(this.#deadline);
    const error =
      this.#killedBecause ??
      tokenError('MODULE_CRASHED', `the module ${this.#setting.path} crashed (${how})`);
    this.#killedBecause = null;
    this.#failAll(error);
  }

  #failAll(error: Error): void {
    const jobs = [...this.#sent, ...this.#waiting];
    if (this.#child === null) this.#sent = [];
    for (const { message } of this.#waiting) wipeAll(message.input);
    this.#waiting = [];
    for (const job of jobs) job.settle(error);
  }

  #rest(): void {
    // Whoever asks one after another has asked again by then.
    if (this.#resting !== undefined) return;
    this.#resting = setImmediate(() => {
      this.#resting = undefined;
      if (this.#sent.length === 0 && this.#waiting.length === 0) this.#sleep();
    });
  }

  #sleep(): void {
    clearTimeout(this.#idle);
    if (this.#child === null || this.#busy !== null) return;
    this.#child.keepAlive(false);
    this.#idle = setTimeout(() => {
      this.#endInOrder();
    }, this.#idleMilliseconds).unref();
  }

  #endInOrder(): void {
    this.#busy ??= this.#end().finally(() => {
      this.#busy = null;
      this.#pump();
    });
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const child = this.#child;
    if (child === null) return;
    child.keepAlive(true);
    try {
      await this.#first(child, { id: 0, name: 'end', input: null });
    } catch {
      // It ends all the same.
    }
    await this.#drop();
  }

  async #drop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    clearTimeout(this.#deadline);
    this.#sent = [];
    child.kill();
    await child.ended();
  }
}
