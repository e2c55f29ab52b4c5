import { Worker } from 'node:worker_threads';
import { admit, createAdmission, decided, type Admission } from './admission.ts';
import type { Control } from './control.ts';
import { revive, type PortableError } from './portable-error.ts';
import type { Task } from './task.ts';

export interface WorkerInput {
  readonly task: Task;
  readonly memory: SharedArrayBuffer;
  readonly admission: Admission;
}

/** What a worker says when it is done with the files: what it failed with, if it failed. */
export interface WorkerReport {
  readonly failure: PortableError | null;
}

export interface RunningWorker {
  /** Resolves when it takes part, or has failed to. */
  begun(): Promise<void>;
  /**
   * Resolves when it no longer uses the files, to what it failed with, or `null`; never rejects. To be called
   * when no work is left: one that has not come to its start yet never will.
   */
  finish(): Promise<Error | null>;
}

/** From source, Node strips the types; a bundle has the worker, bundled by itself, as its sibling. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './payload-worker.ts' : './payload-worker.js',
  import.meta.url,
);

/** Starts one more thread on a task. Whatever ends it early stops the others, too. */
export function startWorker(task: Task, control: Control): RunningWorker {
  const admission = createAdmission();
  const workerData: WorkerInput = { task, memory: control.memory, admission };
  const worker = new Worker(WORKER, {
    workerData,
    // It keeps a few buffers, and nothing that would need collecting.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
    // Its sockets close what it opens; Node would close the same numbers again when it ends.
    trackUnmanagedFds: false,
    stdin: false,
    env: {},
    execArgv: [],
  });
  const { promise: ended, resolve } = Promise.withResolvers<Error | null>();
  let over = false;
  const end = (failure: Error | null): void => {
    if (over) return;
    over = true;
    if (failure !== null) control.stop();
    resolve(failure);
  };
  worker.on('message', ({ failure }: WorkerReport) => {
    end(failure === null ? null : revive(failure));
  });
  worker.on('error', end);
  worker.on('exit', () => {
    end(new Error('a worker thread ended unexpectedly'));
  });
  return {
    begun: async () => await Promise.race([decided(admission), ended.then(() => undefined)]),
    async finish() {
      if (admit(admission)) {
        end(null);
        void worker.terminate();
      }
      return await ended;
    },
  };
}
