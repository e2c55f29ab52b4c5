import type { JobTable, ServiceJob } from '../ports.ts';

const LOST = {
  code: 'INTERRUPTED',
  message: 'the server that had it is gone',
  remedy: 'See what stands with status, and ask for the job again.',
};

/**
 * Jobs that servers left which are gone: what can be done again is `queued` anew, the rest is `interrupted`. Several
 * servers may do this at once: each job is changed once.
 */
export async function recoverJobs(
  jobs: JobTable,
  gone: readonly string[],
): Promise<{ readonly again: readonly ServiceJob[]; readonly interrupted: readonly ServiceJob[] }> {
  const again: ServiceJob[] = [];
  const interrupted: ServiceJob[] = [];
  for (const server of gone) {
    for (const job of await allOf(jobs, server)) {
      const isQueuedAgain = job.state === 'running' && job.repeatable && !job.pinned;
      if (isQueuedAgain) {
        const changed = await jobs.change(job.id, ['running'], { state: 'queued', server: null });
        if (changed !== null) again.push(changed);
        continue;
      }
      // Waiting, with what opens it in a memory that is gone; or running, and not to be done twice.
      const ended = new Date().toISOString();
      const from = [job.state];
      const changed = await jobs.change(job.id, from, {
        state: 'interrupted',
        ended,
        failure: LOST,
      });
      if (changed !== null) interrupted.push(changed);
    }
  }
  return { again, interrupted };
}

async function allOf(jobs: JobTable, server: string): Promise<readonly ServiceJob[]> {
  const found: ServiceJob[] = [];
  const states = ['running', 'queued', 'awaiting-approval'] as const;
  for (let after: string | undefined; ;) {
    const page = await jobs.list({ states, server, ...(after !== undefined && { after }) });
    found.push(...page.rows);
    if (page.next === null) return found;
    after = page.next;
  }
}
