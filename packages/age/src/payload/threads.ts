import { availableParallelism } from 'node:os';
import { ageError } from '../error.ts';
import type { PayloadOptions } from '../ports.ts';
import { Stopped, type Control } from './control.ts';
import { startWorker, type RunningWorker } from './start-worker.ts';
import { work, type Task } from './task.ts';
import { openMainThread, type Thread } from './thread.ts';

/** Four outrun most disks; each costs some 16 MB, and memory is to stay well below 150 MB. */
const MOST_THREADS = 4;
/** A worker takes a tenth of a second to start: it is worth that only when so much is left to do. */
const WORKERS_FROM = 64 * 1024 * 1024;

export interface RunOptions extends PayloadOptions {
  /** Bytes that will be read, or `null` when nobody knows: workers then join once enough are done. */
  readonly size: number | null;
  /** The files allow no more than one thread. */
  readonly alone: boolean;
  readonly workersFrom?: number | undefined;
  readonly everyThread?: boolean | undefined;
}

/**
 * Runs a task on every core, this thread included, and returns when all threads have ended: nobody uses
 * the files any more. Throws what the first thread to fail has thrown, or CANCELLED.
 */
export async function runTask(
  control: Control,
  options: RunOptions,
  prepare: (thread: Thread) => Task | Promise<Task>,
): Promise<void> {
  const { signal, onProgress } = options;
  const workers: RunningWorker[] = [];
  let task: Task | null = null;
  using thread = openMainThread(control, signal, () => {
    onProgress?.(control.done);
    if (task !== null && options.size === null) startWorkers(workers, task, control, options);
  });
  const stop = (): void => {
    control.stop();
  };
  let failure: Error | null = null;
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted === true) stop();
    control.throwIfStopped();
    task = await prepare(thread);
    startWorkers(workers, task, control, options);
    if (options.everyThread === true) for (const worker of workers) await worker.begun();
    await work(thread, task);
  } catch (error) {
    stop();
    if (!(error instanceof Stopped)) failure = asError(error);
  }
  for (const worker of workers) {
    const workerFailure = await worker.finish();
    failure ??= workerFailure;
  }
  signal?.removeEventListener('abort', stop);

  if (failure !== null) throw failure;
  if (control.stopped) {
    throw ageError('CANCELLED', 'the operation was cancelled', { cause: signal?.reason });
  }
  onProgress?.(control.done);
}

function startWorkers(
  workers: RunningWorker[],
  task: Task,
  control: Control,
  options: RunOptions,
): void {
  const threads = options.threads ?? Math.min(availableParallelism(), MOST_THREADS);
  const size = options.size ?? control.done;
  if (options.alone || control.ended || size < (options.workersFrom ?? WORKERS_FROM)) return;
  while (workers.length < threads - 1) workers.push(startWorker(task, control));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
