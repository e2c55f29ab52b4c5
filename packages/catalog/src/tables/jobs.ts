import type { JobRow } from '../ports.ts';
import { defineTable } from './table.ts';

/** Long work: running until its end is known. */
export const jobs = defineTable<JobRow>({
  name: 'jobs',
  key: ['id'],
  json: ['places'],
  keyOf: ({ action, job }) => (job !== undefined && action.startsWith('job.') ? [job] : null),
  fold(before, { event, time }) {
    const { outcome, job = '', secret, backup } = event;
    switch (event.action) {
      case 'job.begin': {
        if (before !== null) return before;
        const { kind, pid, boot, processStarted, host, places } = event.detail;
        return {
          id: job,
          ...{ kind, pid, boot, processStarted, host, places },
          secret: secret ?? null,
          backup: backup ?? null,
          beganAt: time,
          endedAt: null,
          outcome: 'running',
        };
      }
      case 'job.end':
        if (before === null) return null;
        return {
          ...before,
          secret: secret ?? before.secret,
          backup: backup ?? before.backup,
          endedAt: time,
          outcome,
        };
      case 'job.interrupted':
        // Its own word that it ended outweighs what another process believed.
        if (before?.endedAt !== null) return before;
        return { ...before, endedAt: time, outcome: 'INTERRUPTED' };
      default:
        return before;
    }
  },
});
