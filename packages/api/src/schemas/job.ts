import { z } from 'zod';
import { line, time, uuid } from './common.ts';

export const JOB_STATES = [
  'awaiting-approval',
  'queued',
  'running',
  'finished',
  'failed',
  'cancelled',
  'interrupted',
  'rejected',
  'expired',
] as const;

export const jobState = z.enum(JOB_STATES);

/** What a job ended with when it did not end well. */
const failure = z.object({ code: z.string(), message: z.string(), remedy: z.string() });

export const job = z
  .object({
    id: uuid,
    kind: z.string(),
    state: jobState,
    /** Name of the secret that it is about. */
    secret: z.string().nullable(),
    /** Id of the backup that it is about, or that it made. */
    backup: z.string().nullable(),
    /** What was asked for; nothing secret. */
    request: z.record(z.string(), z.unknown()),
    who: z.string(),
    from: z.string(),
    created: time,
    started: time.nullable(),
    ended: time.nullable(),
    /** The server that runs it, or alone can: what opens or seals it lies in its memory only. */
    server: z.string().nullable(),
    attempt: z.int(),
    progress: z
      .object({ phase: z.string(), done: z.number(), total: z.number().nullable() })
      .nullable(),
    /** Who approved or rejected it; before that, until when that can be done. */
    approval: z.object({ before: time, by: z.string().nullable(), at: time.nullable() }).nullable(),
    failure: failure.nullable(),
    /** By its kind; `null` until it is finished. */
    result: z.record(z.string(), z.unknown()).nullable(),
    /** Whether there is a file to be fetched from `/v1/jobs/{id}/file`. */
    file: z.boolean(),
  })
  .meta({ id: 'Job' });

export type Job = z.infer<typeof job>;

/** What is told of a job while it goes on; the last one of a job says how it ended. */
export const jobEvent = z
  .object({
    sequence: z.int(),
    time,
    type: z.enum(['state', 'progress', 'note']),
    state: jobState.optional(),
    progress: z
      .object({ phase: z.string(), done: z.number(), total: z.number().nullable() })
      .optional(),
    note: line.optional(),
  })
  .meta({ id: 'JobEvent' });

export type JobEvent = z.infer<typeof jobEvent>;
