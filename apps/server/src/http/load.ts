import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Later } from './problem.ts';

/** Requests in work at once; beyond, callers are asked to come again. */
const MOST_REQUESTS = 512;
const MOST_LISTENERS = 2000;
/** Milliseconds by which the event loop may lag, and how full the heap may be. */
const MOST_LAG = 2000;
const FULLEST_HEAP = 0.9;
const LOOK_EVERY = 500;

/** What is in work, and whether more can be taken. */
export interface Load extends Disposable {
  readonly requests: number;
  readonly listeners: number;
  /** Takes a place until it is disposed. @throws OVERLOADED */
  enter(kind: 'request' | 'listener'): Disposable;
}

export function openLoad(): Load {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const inWork = { request: 0, listener: 0 };
  const limit = heapLimit();
  let isStrained = false;
  const timer = setInterval(() => {
    const lag = delay.max / 1e6;
    delay.reset();
    isStrained = lag > MOST_LAG || process.memoryUsage().heapUsed > limit;
  }, LOOK_EVERY).unref();
  return {
    get requests() {
      return inWork.request;
    },
    get listeners() {
      return inWork.listener;
    },
    enter(kind) {
      const most = kind === 'request' ? MOST_REQUESTS : MOST_LISTENERS;
      if (inWork[kind] >= most || isStrained) {
        throw new Later('OVERLOADED', 'this server has too much to do', 2);
      }
      inWork[kind] += 1;
      return {
        [Symbol.dispose]: () => {
          inWork[kind] -= 1;
        },
      };
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      delay.disable();
    },
  };
}

function heapLimit(): number {
  return getHeapStatistics().heap_size_limit * FULLEST_HEAP;
}
