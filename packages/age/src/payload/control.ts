/** Thrown inside a thread to leave its loop, because another thread failed or the caller gave up. */
export class Stopped extends Error {}

/** Words of shared memory by which the threads of one run agree. */
const WORD = { stopped: 0, nextUnit: 1, reading: 2, ended: 3, carried: 4, writing: 5 };
const WORDS = 6;
const DONE_OFFSET = 4 * WORDS;
const SIZE = DONE_OFFSET + 8;

/**
 * What the threads of one run share: who does what next, whose turn it is, how far they have come.
 * Every thread makes its own from the same memory.
 */
export class Control {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #done: BigInt64Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#done = new BigInt64Array(memory, DONE_OFFSET, 1);
  }

  static create(): Control {
    return new Control(new SharedArrayBuffer(SIZE));
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, WORD.stopped) !== 0;
  }

  /** Makes every thread leave at its next check, and wakes those that wait. */
  stop(): void {
    Atomics.store(this.#words, WORD.stopped, 1);
    for (let word = 0; word < WORDS; word++) Atomics.notify(this.#words, word);
  }

  throwIfStopped(): void {
    if (this.stopped) throw new Stopped();
  }

  /** The number of a unit that no other thread works on. */
  takeUnit(): number {
    return Atomics.add(this.#words, WORD.nextUnit, 1);
  }

  /** Plaintext bytes done by all threads. */
  get done(): number {
    return Number(Atomics.load(this.#done, 0));
  }

  addDone(bytes: number): void {
    Atomics.add(this.#done, 0, BigInt(bytes));
  }

  /** Whether a sequential input has been read to its end. */
  get ended(): boolean {
    return Atomics.load(this.#words, WORD.ended) !== 0;
  }

  set ended(ended: boolean) {
    Atomics.store(this.#words, WORD.ended, ended ? 1 : 0);
  }

  /** The byte that was read beyond the previous unit, or `null`. Only for who holds the reading turn. */
  get carried(): number | null {
    const word = Atomics.load(this.#words, WORD.carried);
    return word === 0 ? null : word - 1;
  }

  set carried(byte: number | null) {
    Atomics.store(this.#words, WORD.carried, byte === null ? 0 : byte + 1);
  }

  /** Takes the right to read a sequential input. False: wait for `readingChange` and try again. */
  tryReading(): boolean {
    return Atomics.compareExchange(this.#words, WORD.reading, 0, 1) === 0;
  }

  endReading(): void {
    Atomics.store(this.#words, WORD.reading, 0);
    Atomics.notify(this.#words, WORD.reading, 1);
  }

  /** The unit that a sequential output takes next. */
  get writing(): number {
    return Atomics.load(this.#words, WORD.writing);
  }

  endWriting(unit: number): void {
    Atomics.store(this.#words, WORD.writing, unit + 1);
    Atomics.notify(this.#words, WORD.writing);
  }

  /** What to wait for, and the value it has as long as nothing changed. */
  readingChange(): Change {
    return { words: this.#words, word: WORD.reading, value: 1 };
  }

  writingChange(now: number): Change {
    return { words: this.#words, word: WORD.writing, value: now };
  }

  stopChange(): Change {
    return { words: this.#words, word: WORD.stopped, value: 0 };
  }
}

export interface Change {
  readonly words: Int32Array;
  readonly word: number;
  readonly value: number;
}
