import { randomUUID } from 'node:crypto';
import type { CatalogEvent, JobPlace, Subject } from '@holdfast/catalog';
import type { Run } from '../run.ts';
import { codeOf } from './code-of.ts';
import { thisProcess } from './this-process.ts';

/** Long work that leaves something behind. */
export interface Job {
  /** The use case: `backup`, `restore`, `drill` … */
  readonly kind: string;
  readonly secret?: string | null | undefined;
  readonly backup?: string | undefined;
  /** Where something of it may lie when it is cut off. */
  readonly places: readonly JobPlace[];
}

/** What work came to, and what the audit log is told of it. */
export interface Told<Result> {
  readonly result: Result;
  readonly events: readonly CatalogEvent[];
  /** The code of what failed, where the result tells it instead of an error. */
  readonly outcome?: string | undefined;
}

/** To be called when all was asked, and before anything is written; says what is known only now. */
export type Begin = (known?: Pick<Job, 'backup' | 'secret'>) => Promise<void>;

/**
 * Does work between two entries of the audit log, so that what was cut off is known as such. Its events enter in
 * one act with its end. A failure is recorded, also before it began, and thrown as it is.
 */
export async function asJob<Result>(
  { recorder, job: called }: Pick<Run, 'recorder' | 'job'>,
  job: Job,
  work: (begin: Begin) => Promise<Told<Result>>,
): Promise<Result> {
  if (recorder === undefined) return (await work(async () => await Promise.resolve())).result;
  const started = performance.now();
  const id = called ?? randomUUID();
  let known = job;
  const begun = { yet: false };
  const subject = (): Subject => ({
    job: id,
    ...(typeof known.secret === 'string' && { secret: known.secret }),
    ...(known.backup !== undefined && { backup: known.backup }),
  });
  const beginning = (): CatalogEvent => {
    begun.yet = true;
    const { kind, places } = job;
    const detail = { kind, places, ...thisProcess() };
    return { ...subject(), action: 'job.begin', outcome: 'ok', detail };
  };
  const ending = (outcome: string): CatalogEvent => {
    const seconds = (performance.now() - started) / 1000;
    return { ...subject(), action: 'job.end', outcome, detail: { seconds } };
  };
  try {
    const {
      result,
      events,
      outcome = 'ok',
    } = await work(async (more) => {
      known = { ...job, ...more };
      await recorder.record([beginning()]);
    });
    const first = begun.yet ? [] : [beginning()];
    await recorder.record([
      ...first,
      ...events.map((event) => ({ ...event, job: id })),
      ending(outcome),
    ]);
    return result;
  } catch (cause) {
    await recorder.record([...(begun.yet ? [] : [beginning()]), ending(codeOf(cause))]);
    throw cause;
  }
}

/** Records a failure of work that leaves nothing behind, and passes it on. */
export async function recordingFailure<Result>(
  { recorder }: Pick<Run, 'recorder'>,
  failed: (outcome: string) => CatalogEvent,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    await recorder?.record([failed(codeOf(cause))]);
    throw cause;
  }
}
