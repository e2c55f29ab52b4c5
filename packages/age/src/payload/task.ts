import { digestSegments, type DigestTask } from './digest-segments.ts';
import { openUnits, type OpenTask } from './open-units.ts';
import { sealUnits, type SealTask } from './seal-units.ts';
import type { Thread } from './thread.ts';

/** What the threads of one run do together. It can be posted to a worker. */
export type Task = SealTask | OpenTask | DigestTask;

/** Works on a task until nothing is left of it that no other thread has taken. */
export async function work(thread: Thread, task: Task): Promise<void> {
  if (task.kind === 'seal') await sealUnits(thread, task);
  else if (task.kind === 'open') await openUnits(thread, task);
  else await digestSegments(thread, task);
}
