import type { Job } from '@holdfast/api';
import type { ServiceJob } from '@holdfast/core/service';
import { shownJob } from './shown-job.ts';

/** The answer to a request for long work. */
export function accepted(job: ServiceJob): {
  readonly status: 202;
  readonly json: Job;
  readonly headers: Readonly<Record<string, string>>;
} {
  return { status: 202, json: shownJob(job), headers: { Location: `/v1/jobs/${job.id}` } };
}
