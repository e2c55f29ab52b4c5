import type { Job } from '@holdfast/api';
import type { ServiceJob } from '@holdfast/core';

/** A job as the contract shows it. */
export function shownJob(row: ServiceJob): Job {
  const { needs: _, pinned: __, cancelled: ___, repeatable: ____, progress, ...rest } = row;
  return { ...rest, progress: progress as Job['progress'] };
}
