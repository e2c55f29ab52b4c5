import type { Json, ServiceJob, ServiceJobEvent } from '@holdfast/core/service';
import type { Principal } from '../auth/principal.ts';
import type { SecretsGiven } from './secrets.ts';

export interface NewJob {
  readonly kind: string;
  readonly request: Json;
  /** Copied, and wiped when the job ends. Without any, another server may run the job. */
  readonly secrets?: SecretsGiven | undefined;
  readonly by: Principal;
  /** Address of whoever asked. */
  readonly from: string;
  /** Has it wait for another administrator. */
  readonly fourEyes?: boolean | undefined;
}

/** Where jobs are asked for, followed and ended. */
export interface JobDesk {
  /** Durable on return. @throws OVERLOADED when too many wait */
  submit(job: NewJob): Promise<ServiceJob>;
  /** @throws JOB_NOT_FOUND */
  find(id: string): Promise<ServiceJob>;
  /** What happened after the event `after`, and what happens, until the job ends. @throws JOB_NOT_FOUND */
  follow(
    id: string,
    options: { readonly after?: number; readonly signal: AbortSignal },
  ): AsyncIterable<ServiceJobEvent>;
  /** @throws JOB_NOT_FOUND, JOB_STATE, FORBIDDEN for an operator and what another asked for */
  cancel(id: string, by: Principal, from: string): Promise<ServiceJob>;
  /** @throws JOB_NOT_FOUND, JOB_STATE, APPROVAL_SELF */
  approve(id: string, by: Principal, from: string): Promise<ServiceJob>;
  reject(id: string, by: Principal, from: string): Promise<ServiceJob>;
  /** Tells of every job that ended on this server, or that it found to be interrupted; once each. */
  onEnded(callback: (job: ServiceJob) => void): Disposable;
  /** Path of the file of a job. @throws FILE_GONE, FORBIDDEN for anybody but whoever asked for it */
  file(id: string, by: Principal): Promise<string>;
}
