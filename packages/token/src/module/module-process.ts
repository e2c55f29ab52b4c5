import { Worker } from 'node:worker_threads';
import { Awake } from './awake.ts';
import { ModuleHost } from './module-host.ts';
import { wipe, wipeAll } from './wipe.ts';
import type { Reply, RequestMessage } from './requests.ts';

/**
 * Replies that are ready wait this long, at most, for those after them: one message for many costs less, but
 * who asked is to work on them while the module works on the rest.
 */
const GATHER_MILLISECONDS = 0.5;

const END_MILLISECONDS = 3_000;

// While a module hangs nothing else runs on this thread, and one whose parent was killed would hang for ever.
const { pid, ppid } = process;
new Worker(
  `setInterval(() => {
    if (process.ppid !== ${ppid}) setTimeout(() => process.kill(${pid}, 'SIGKILL'), ${END_MILLISECONDS});
  }, 1000)`,
  { eval: true, stdin: false },
).unref();

const host = new ModuleHost();
const awake = new Awake(() => true);

// A terminal sends them to every process of its group; the one that asked decides what they mean.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.on('message', (requests: readonly RequestMessage[]) => {
  let replies: Reply[] = [];
  let since = performance.now();
  const flush = (): void => {
    if (replies.length > 0) process.send?.(replies);
    for (const { output } of replies) wipe(output);
    replies = [];
    since = performance.now();
  };
  for (const request of requests) {
    replies.push(host.answer(request));
    wipeAll(request.input);
    if (performance.now() - since > GATHER_MILLISECONDS) flush();
  }
  flush();
  awake.stay();
});

process.on('disconnect', () => {
  host.answer({ id: 0, name: 'end', input: null });
  // A module may have threads that would keep the process.
  process.kill(process.pid, 'SIGKILL');
});
