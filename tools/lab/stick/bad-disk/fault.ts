import type { DiskErrorCode } from '../nbd/protocol.ts';
import type { Write } from './write-cache.ts';

export type Operation = 'read' | 'write' | 'flush';

/** Which requests a fault meets: all of its operation, as far as nothing else is said. */
interface Meets {
  /** Only what touches the bytes from here … */
  readonly from?: number;
  /** … to before here. A flush has no place, and is met wherever the fault is. */
  readonly to?: number;
  /** Lets as many pass first. */
  readonly after?: number;
  /** Of those that follow, the first, and then one in so many. */
  readonly every?: number;
  /** Meets no more than so many. */
  readonly count?: number;
}

/** What goes wrong. */
type Harm =
  | { readonly on: Operation; readonly does: 'fail'; readonly code: DiskErrorCode }
  | { readonly on: Operation; readonly does: 'delay'; readonly milliseconds: number }
  /** No answer until it is mended. After 30 seconds the guest resets the stick; QEMU, with its QMP, then waits too. */
  | { readonly on: Operation; readonly does: 'hang' }
  /** The lowest bit of each byte in the range comes back wrong. */
  | { readonly on: 'read'; readonly does: 'flip' }
  /** Acknowledged, but not done: of a write, the bytes in the range; of a flush, all of it. */
  | { readonly on: 'write' | 'flush'; readonly does: 'drop' }
  /** Acknowledged, but only as many of its first bytes are stored. */
  | { readonly on: 'write'; readonly does: 'tear'; readonly keeps: number };

export type FaultOptions = Meets & Harm;

/** Something that is wrong with a disk, until it is mended. */
export class Fault {
  readonly options: FaultOptions;
  readonly #met = Promise.withResolvers<undefined>();
  readonly #mended = Promise.withResolvers<undefined>();
  #isMended = false;
  #seen = 0;
  #hits = 0;

  constructor(options: FaultOptions) {
    this.options = options;
  }

  /** How many requests it has met. */
  get hits(): number {
    return this.#hits;
  }

  /** Resolves when the first request is met. */
  get met(): Promise<undefined> {
    return this.#met.promise;
  }

  /** Resolves when it is mended. */
  get mended(): Promise<undefined> {
    return this.#mended.promise;
  }

  /** From now on all is well; what hangs goes on. */
  mend(): void {
    this.#isMended = true;
    this.#mended.resolve(undefined);
  }

  /** Whether this request is met; counts it. */
  meets(operation: Operation, offset: number, length: number): boolean {
    const { on, after = 0, every = 1, count = Infinity } = this.options;
    if (this.#isMended || on !== operation) return false;
    const { from, to } = this.#within(offset, length);
    if (operation !== 'flush' && from >= to) return false;
    const nth = this.#seen - after;
    this.#seen += 1;
    if (nth < 0 || nth % every !== 0 || this.#hits >= count) return false;
    this.#hits += 1;
    this.#met.resolve(undefined);
    return true;
  }

  /** Spoils what was read. */
  spoil(offset: number, bytes: Buffer): void {
    if (this.options.does !== 'flip') return;
    const { from, to } = this.#within(offset, bytes.length);
    for (let at = from; at < to; at += 1) bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  }

  /** What it leaves of a write. */
  leave({ offset, bytes }: Write): Write[] {
    const { options } = this;
    if (options.does === 'tear') return [{ offset, bytes: bytes.subarray(0, options.keeps) }];
    if (options.does !== 'drop') return [{ offset, bytes }];
    const { from, to } = this.#within(offset, bytes.length);
    return [
      { offset, bytes: bytes.subarray(0, from) },
      { offset: offset + to, bytes: bytes.subarray(to) },
    ];
  }

  /** The part of a request that lies in the range of the fault. */
  #within(offset: number, length: number): { from: number; to: number } {
    const { from = 0, to = Infinity } = this.options;
    return { from: Math.max(0, from - offset), to: Math.min(length, to - offset) };
  }
}
