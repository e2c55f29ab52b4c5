import type { ClaimedJob, JobQueue, ServiceJob, ServiceTables } from '../ports.ts';
import { recoverJobs } from './recover.ts';
import { hasAll, waitingJobs } from './waiting.ts';

const NEVER_LOST = new AbortController().signal;

/**
 * Jobs wait in the table itself, and their needs are taken in this process. A second process never runs the same job,
 * for its change to `running` is one act; but it does not see which needs are taken here: one server has one file.
 */
export function openLocalQueue({ jobs }: ServiceTables): JobQueue {
  const taken = new Set<string>();
  const listeners = new Set<() => void>();
  const wake = (): void => {
    for (const listener of listeners) listener();
  };

  async function claimOne(job: ServiceJob, server: string): Promise<ClaimedJob | null> {
    for (const need of job.needs) taken.add(need);
    const release = (): void => {
      for (const need of job.needs) taken.delete(need);
      wake();
    };
    try {
      const attempt = job.attempt + 1;
      const started = new Date().toISOString();
      const change = { state: 'running', server, attempt, started } as const;
      const claimed = await jobs.change(job.id, ['queued'], change);
      if (claimed === null) {
        release();
        return null;
      }
      return {
        job: claimed,
        lost: NEVER_LOST,
        [Symbol.asyncDispose]: async () => {
          release();
          await Promise.resolve();
        },
      };
    } catch (cause) {
      release();
      throw cause;
    }
  }

  return {
    async send() {
      // It is in line by being in the table.
      wake();
      await Promise.resolve();
    },
    async claim(server, can) {
      for (const job of await waitingJobs(jobs)) {
        if (job.pinned && job.server !== server) continue;
        if (job.needs.some((need) => taken.has(need))) continue;
        if (!(await hasAll(job.needs, can))) continue;
        // Another claim may have been faster meanwhile.
        if (job.needs.some((need) => taken.has(need))) continue;
        const claimed = await claimOne(job, server);
        if (claimed !== null) return claimed;
      }
      return null;
    },
    onWork(callback) {
      listeners.add(callback);
      return {
        [Symbol.dispose]: () => {
          listeners.delete(callback);
        },
      };
    },
    async recover(gone) {
      const { interrupted } = await recoverJobs(jobs, gone);
      wake();
      return interrupted;
    },
    [Symbol.asyncDispose]: async () => {
      listeners.clear();
      await Promise.resolve();
    },
  };
}
