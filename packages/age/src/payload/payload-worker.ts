/* The entry point of a worker thread: `start-worker.ts` starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import { admit } from './admission.ts';
import { Control, Stopped } from './control.ts';
import { toPortable } from './portable-error.ts';
import type { WorkerInput, WorkerReport } from './start-worker.ts';
import { work } from './task.ts';
import { openWorkerThread } from './thread.ts';

const { task, memory, admission } = workerData as WorkerInput;

async function report(): Promise<WorkerReport> {
  const control = new Control(memory);
  using thread = openWorkerThread(control);
  try {
    await work(thread, task);
    return { failure: null };
  } catch (error) {
    control.stop();
    return { failure: error instanceof Stopped ? null : toPortable(error) };
  }
}

if (admit(admission)) parentPort?.postMessage(await report());
