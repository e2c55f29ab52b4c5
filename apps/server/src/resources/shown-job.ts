import type { Job } from '@holdfast/api';
import type { ServiceJob } from '@holdfast/core/service';

/** A job as the contract shows it. */
export function shownJob(row: ServiceJob): Job {
  const { needs: _, pinned: __, cancelled: ___, repeatable: ____, ...rest } = row;
  const { progress, approval, ...told } = rest;
  return {
    ...told,
    progress: progress as Job['progress'],
    approval: approval && { before: approval.before, by: approval.by, at: approval.at },
  };
}
