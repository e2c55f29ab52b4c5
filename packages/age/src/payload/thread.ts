import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { orCancelled } from '../cancel.ts';
import type { Change, Control } from './control.ts';
import { DirectReader } from './direct-read.ts';
import { PipeWaits } from './pipe-wait.ts';

/** How a thread waits: that is all in which the main thread and the workers differ. */
export interface Thread extends Disposable {
  readonly control: Control;
  /** How it waits for pipes. */
  readonly pipes: PipeWaits;
  /** How it reads past the page cache. */
  readonly direct: DirectReader;
  /** Waits until a word of shared memory changes, or some time has passed. */
  waitFor(change: Change): Promise<void> | undefined;
  /** Waits, but no longer than until the run is stopped. */
  pause(milliseconds: number): Promise<void> | undefined;
  /** The result of a call that may block, unless the caller gives up before it comes. */
  orCancelled<T>(result: Promise<T>): Promise<T>;
  /** Called between units. */
  breathe(): Promise<void> | undefined;
}

/** A worker has nothing else to do: it sleeps in the kernel. */
export function openWorkerThread(control: Control): Thread {
  const wait = ({ words, word, value }: Change, milliseconds: number): undefined => {
    Atomics.wait(words, word, value, milliseconds);
  };
  const pipes = new PipeWaits(control);
  return {
    control,
    pipes,
    direct: new DirectReader(),
    [Symbol.dispose]: () => {
      pipes[Symbol.dispose]();
    },
    waitFor: (change) => wait(change, 100),
    pause: (milliseconds) => wait(control.stopChange(), milliseconds),
    orCancelled: async (result) => await result,
    breathe: () => undefined,
  };
}

/** The main thread blocks for a millisecond at most, and then lets signals, timers and progress through. */
export function openMainThread(
  control: Control,
  signal: AbortSignal | undefined,
  onBreath: () => void,
): Thread {
  let lastBreath = 0;
  const breathe = async (): Promise<void> => {
    onBreath();
    await nextTurn();
    lastBreath = performance.now();
  };
  const wait = ({ words, word, value }: Change, milliseconds: number) =>
    Atomics.wait(words, word, value, milliseconds) === 'timed-out';
  const pipes = new PipeWaits(control);
  return {
    control,
    pipes,
    direct: new DirectReader(),
    [Symbol.dispose]: () => {
      pipes[Symbol.dispose]();
    },
    async waitFor(change) {
      if (!wait(change, 1)) return;
      await breathe();
      const { async, value } = Atomics.waitAsync(change.words, change.word, change.value, 20);
      if (async) await value;
    },
    async pause(milliseconds) {
      if (milliseconds <= 1) wait(control.stopChange(), milliseconds);
      else await sleep(milliseconds);
      if (performance.now() - lastBreath >= 2) await breathe();
    },
    orCancelled: async (result) => await orCancelled(result, signal),
    async breathe() {
      if (performance.now() - lastBreath >= 2) await breathe();
    },
  };
}
