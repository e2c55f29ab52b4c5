import { HoldfastError, type Progress } from '@holdfast/core';
import type {
  ClaimedJob,
  JobQueue,
  Json,
  ServiceJob,
  ServiceJobState,
} from '@holdfast/core/service';
import type { Service } from '../service.ts';
import { actorOf } from '../auth/principal.ts';
import type { Can } from './able.ts';
import type { HeldSecrets } from './held-secrets.ts';
import type { JobKind } from './kind.ts';
import { persist } from './persist.ts';
import { openProgress } from './progress.ts';
import type { Results } from './results.ts';

/** How often the line is looked at when nobody says that there is something. In milliseconds. */
const LOOK_EVERY = 5000;

export interface RunnerParts {
  readonly service: Service;
  readonly queue: JobQueue;
  readonly kinds: ReadonlyMap<string, JobKind>;
  readonly held: HeldSecrets;
  readonly results: Results;
  readonly can: Can;
  /** Something was written down of a job. */
  onChange(this: void, job: string): void;
  onEnded(this: void, job: ServiceJob): void;
}

/** Runs what waits in line, so many at once. */
export interface Runner {
  /** Ids of the jobs that run here. */
  readonly running: readonly string[];
  look(): void;
  /** Asks a job that runs here to end. */
  cancel(job: string): void;
  /** Begins nothing any more, lets what runs end within `grace` milliseconds, and ends it then. */
  stop(grace: number): Promise<void>;
}

interface Running {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

type Why = 'cancelled' | 'stopping';

export function makeRunner(parts: RunnerParts): Runner {
  const { service, queue } = parts;
  const running = new Map<string, Running>();
  let stopped = false;
  let looking: Promise<void> | null = null;
  let again = false;

  async function fill(): Promise<void> {
    while (!stopped && running.size < service.config.server.maxJobs) {
      const claimed = await queue.claim(service.id, parts.can);
      if (claimed === null) return;
      begin(claimed);
    }
  }

  function look(): void {
    if (stopped) return;
    if (looking !== null) {
      again = true;
      return;
    }
    looking = fill()
      .catch((cause: unknown) => {
        service.log.warn({ err: cause }, 'the line of jobs cannot be looked at');
      })
      .finally(() => {
        looking = null;
        if (!again) return;
        again = false;
        look();
      });
  }

  function begin(claimed: ClaimedJob): void {
    const abort = new AbortController();
    const { id } = claimed.job;
    parts.onChange(id);
    const done = runClaimed(claimed, abort, parts)
      .catch((cause: unknown) => {
        service.log.error({ err: cause, job: id }, 'what became of a job could not be kept');
      })
      .finally(() => {
        running.delete(id);
        look();
      });
    running.set(id, { abort, done });
  }

  const timer = setInterval(look, LOOK_EVERY);
  const listening = queue.onWork(look);
  return {
    get running() {
      return [...running.keys()];
    },
    look,
    cancel(job) {
      running.get(job)?.abort.abort('cancelled' satisfies Why);
    },
    async stop(grace) {
      stopped = true;
      clearInterval(timer);
      listening[Symbol.dispose]();
      await looking;
      const all = Promise.all([...running.values()].map(async ({ done }) => await done));
      const late = setTimeout(() => {
        for (const { abort } of running.values()) abort.abort('stopping' satisfies Why);
      }, grace);
      await all;
      clearTimeout(late);
    },
  };
}

async function runClaimed(
  claimed: ClaimedJob,
  abort: AbortController,
  parts: RunnerParts,
): Promise<void> {
  await using claim = claimed;
  const { job } = claim;
  const { service, held, results, onChange } = parts;
  const { jobs } = (await service.catalog()).service;
  using secrets = held.take(job.id);
  const signal = AbortSignal.any([abort.signal, claim.lost]);
  const log = service.log.child({ job: job.id, kind: job.kind });
  const progress = openProgress(job.id, jobs, onChange, (cause) => {
    log.warn({ err: cause }, 'progress could not be kept');
  });
  log.info({ who: job.who, attempt: job.attempt }, 'a job began');
  let file = false;
  const ended = await endOf(async () => {
    const kind = parts.kinds.get(job.kind);
    if (kind === undefined) throw new TypeError(`there is no job of the kind ${job.kind}`);
    const onProgress = (done: Progress): void => {
      progress.show(done);
    };
    const run = service.runFor(actorOf({ name: job.who }, job.from), {
      ...{ signal, onProgress },
      factors: held.factorsFor(secrets, service),
      // The audit log knows what was cut off by this name already.
      job: job.attempt === 1 ? job.id : undefined,
    });
    const outcome = await kind.run(kind.request.parse(job.request), {
      ...{ job, service, secrets, run, signal, onProgress },
      note: (words) => {
        progress.note(words);
      },
      async resultFile() {
        file = true;
        return await results.prepare(job.id);
      },
    });
    for (const warning of run.recorder.warnings) log.warn({ warning }, 'not recorded in time');
    return outcome;
  }, log);
  await progress.end();
  const why = claim.lost.aborted ? 'lost' : (abort.signal.reason as Why | undefined);
  const change = changeOf(ended, why, job);
  const kept = await persist(async () => {
    // While this server was cut off, another may have begun with it anew.
    if ((await jobs.find(job.id))?.attempt !== job.attempt) return null;
    return await jobs.change(job.id, ['running'], { ...change, progress: null, file });
  }, service.stopping);
  onChange(job.id);
  log.info({ state: change.state, code: change.failure?.code }, 'a job ended');
  if (kept?.state === 'queued') await parts.queue.send(kept);
  else if (kept !== null) parts.onEnded(kept);
  await service.catalogAccess.sign();
}

interface Ended {
  readonly state: 'finished' | 'failed';
  readonly result: Json | null;
  readonly backup: string | undefined;
  readonly failure: ServiceJob['failure'];
}

async function endOf(
  work: () => Promise<{
    readonly result: Json;
    readonly backup?: string | undefined;
    readonly failure?: NonNullable<ServiceJob['failure']>;
  }>,
  log: Service['log'],
): Promise<Ended> {
  try {
    const { result, backup, failure } = await work();
    return { state: failure ? 'failed' : 'finished', result, backup, failure: failure ?? null };
  } catch (cause) {
    return { state: 'failed', result: null, backup: undefined, failure: failureOf(cause, log) };
  }
}

/** Of a defect nothing is told but that it is one; the log has the rest. */
function failureOf(cause: unknown, log: Service['log']): NonNullable<ServiceJob['failure']> {
  if (cause instanceof HoldfastError) {
    const { code, message, remedy } = cause as HoldfastError;
    return { code, message, remedy };
  }
  log.error({ err: cause }, 'a job failed by a defect');
  const remedy = 'Report it with the id of the job, and what the log of the service says of it.';
  return { code: 'INTERNAL', message: 'this is a defect in Holdfast', remedy };
}

const STOPPED = {
  code: 'INTERRUPTED',
  message: 'the server ended before the job did',
  remedy: 'See what stands with status, and ask for the job again.',
};

type Change = Partial<ServiceJob> & { readonly state: ServiceJobState };

/** What was done counts, whoever wanted it to end meanwhile. */
function changeOf(
  { state, result, backup, failure }: Ended,
  why: Why | 'lost' | undefined,
  { repeatable, pinned }: ServiceJob,
): Change {
  const ended = new Date().toISOString();
  const told = { ended, result, failure, ...(backup !== undefined && { backup }) };
  if (state === 'finished' || why === undefined) return { ...told, state };
  if (why === 'cancelled') return { ...told, state: 'cancelled' };
  if (repeatable && !pinned && result === null) return { state: 'queued', server: null };
  return { ...told, state: 'interrupted', failure: result === null ? STOPPED : failure };
}
