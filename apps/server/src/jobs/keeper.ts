import { hostname } from 'node:os';
import { HoldfastError, VERSION } from '@holdfast/core';
import {
  cleanUnfinished,
  reconcileJobs,
  type JobQueue,
  type ServiceJob,
} from '@holdfast/core/service';
import type { Service } from '../service.ts';
import type { Can } from './able.ts';
import type { HeldSecrets } from './held-secrets.ts';
import type { Results } from './results.ts';
import type { Runner } from './runner.ts';
import { hasEnded } from './states.ts';

// In milliseconds.
const HEARTBEAT = 5000;
/** A server that was not seen for so long is gone. */
const GONE_AFTER = 30_000;
const LOOK_EVERY = 1000;
const CLEAN_EVERY = 10 * 60_000;
/** How long a job waits for what nobody has. */
const PATIENCE = 3_600_000;
const PATIENCE_PINNED = 15 * 60_000;
const TOLD_AFTER = 3000;
/** A file that nobody has written to for so long is nobody’s. */
const LEFT_FOR = 3_600_000;
const DAY = 86_400_000;
const JOBS_KEPT = 90 * DAY;
const ANSWERS_KEPT = DAY;

export interface KeeperParts {
  readonly service: Service;
  readonly queue: JobQueue;
  readonly held: HeldSecrets;
  readonly results: Results;
  readonly runner: Runner;
  readonly can: Can;
  onEnded(this: void, job: ServiceJob): void;
}

/** Looks after jobs that nobody runs: those of servers that are gone, that wait too long, whose time is over. */
export interface Keeper {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function openKeeper(parts: KeeperParts): Keeper {
  const { service, results } = parts;
  const started = new Date().toISOString();
  const timers: NodeJS.Timeout[] = [];
  const told = new Map<string, number>();
  let ongoing = Promise.resolve();

  const see = async (): Promise<void> => {
    const { servers } = (await service.catalog()).service;
    const seen = new Date().toISOString();
    await servers.see({ id: service.id, host: hostname(), started, seen, version: VERSION });
  };
  const every = (milliseconds: number, what: string, work: () => Promise<void>): void => {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      const done = work()
        .catch((cause: unknown) => {
          service.log.warn({ err: cause }, `${what} could not be done`);
        })
        .finally(() => {
          busy = false;
        });
      ongoing = ongoing.then(async () => {
        await done;
      });
    }, milliseconds);
    timers.push(timer);
  };

  return {
    async start() {
      await results.clean('all');
      await see();
      await findGone(parts);
      const run = service.runFor(
        { who: 'the service', from: 'itself' },
        { signal: service.stopping },
      );
      await reconcileJobs(await service.catalog(), run);
      await cleanFolders(service);
      every(HEARTBEAT, 'the heartbeat', async () => {
        await see();
        await findGone(parts);
      });
      every(LOOK_EVERY, 'a look at jobs', async () => {
        await endCancelled(parts);
        await expire(parts);
        await tellWaiting(parts, told);
      });
      every(CLEAN_EVERY, 'cleaning', async () => {
        await results.clean('old');
        await cleanFolders(service);
        const { jobs, answers } = (await service.catalog()).service;
        await jobs.forget(new Date(Date.now() - JOBS_KEPT).toISOString());
        await answers.forget(new Date(Date.now() - ANSWERS_KEPT).toISOString());
      });
    },
    async stop() {
      timers.forEach(clearInterval);
      await ongoing;
      const { jobs, servers } = (await service.catalog()).service;
      // What opens these was in this memory.
      for (const id of parts.held.jobs) {
        const ended = new Date().toISOString();
        const change = { state: 'interrupted', ended, failure: STOPPED } as const;
        const job = await jobs.change(id, ['queued', 'awaiting-approval'], change);
        if (job !== null) parts.onEnded(job);
      }
      await servers.leave(service.id);
      await results.clean('all');
    },
  };
}

/** What was left by work that was cut off. Another program may be at work there: only what is old goes. */
async function cleanFolders({ config, instance, log }: Service): Promise<void> {
  const olderThan = new Date(Date.now() - LEFT_FOR);
  for (const [folder, path] of Object.entries(config.folders)) {
    try {
      const removed = await cleanUnfinished(path, instance, { olderThan });
      if (removed.length > 0) log.info({ folder, removed: removed.length }, 'cleaned a folder');
    } catch (cause) {
      if (!(cause instanceof HoldfastError)) throw cause;
      log.warn({ err: cause, folder }, 'a folder cannot be cleaned');
    }
  }
}

const STOPPED = {
  code: 'INTERRUPTED',
  message: 'the server that held what opens it has ended',
  remedy: 'Ask for the job again.',
};

async function findGone({ service, queue, onEnded }: KeeperParts): Promise<void> {
  const { servers, answers } = (await service.catalog()).service;
  const limit = new Date(Date.now() - GONE_AFTER).toISOString();
  const gone = (await servers.list()).filter(({ id, seen }) => id !== service.id && seen < limit);
  const ids = gone.map(({ id }) => id);
  for (const job of await queue.recover(ids)) onEnded(job);
  for (const id of ids) {
    await answers.dropUnanswered(id);
    await servers.leave(id);
    service.log.warn({ server: id }, 'a server is gone');
  }
}

/** Somebody asked another server to end what runs here. */
async function endCancelled({ service, runner }: KeeperParts): Promise<void> {
  if (runner.running.length === 0) return;
  const { jobs } = (await service.catalog()).service;
  const page = await jobs.list({ server: service.id, states: ['running'] });
  for (const { id, cancelled } of page.rows) if (cancelled) runner.cancel(id);
}

async function expire({ service, held, onEnded }: KeeperParts): Promise<void> {
  const { jobs } = (await service.catalog()).service;
  const now = new Date().toISOString();
  const late = await jobs.list({ states: ['awaiting-approval'], approvalBefore: now, limit: 1000 });
  for (const { id } of late.rows) {
    const change = { state: 'expired', ended: now } as const;
    const job = await jobs.change(id, ['awaiting-approval'], change);
    if (job === null) continue;
    const detail = { kind: job.kind, askedBy: job.who };
    await service.catalogAccess.recorder.record([
      { job: id, action: 'approval.expire', outcome: 'ok', detail },
    ]);
    onEnded(job);
  }
  // Another server may have ended what waits with its secrets here.
  for (const id of held.jobs) {
    const job = await jobs.find(id);
    if (job === null || hasEnded(job.state)) held.drop(id);
  }
}

/** Says what a job waits for, and ends one that has waited too long for what no server has. `told`: since when. */
async function tellWaiting(
  { service, can, onEnded }: KeeperParts,
  told: Map<string, number>,
): Promise<void> {
  const { jobs } = (await service.catalog()).service;
  const { rows } = await jobs.list({ states: ['queued'], limit: 1000 });
  for (const job of rows) {
    if (job.pinned && job.server !== service.id) continue;
    const since = told.get(job.id);
    const [from, least] =
      since === undefined
        ? [Date.parse(job.created), TOLD_AFTER]
        : [since, job.pinned ? PATIENCE_PINNED : PATIENCE];
    if (Date.now() - from < least) continue;
    const missing = await firstMissing(job.needs, can);
    if (missing === null) {
      told.delete(job.id);
    } else if (since === undefined) {
      told.set(job.id, Date.now());
      const note = `waits on ${hostname()} for ${missing.replace(':', ' ')}`;
      const detail = { note, server: service.id };
      await jobs.addEvent({ job: job.id, time: new Date().toISOString(), type: 'note', detail });
    } else if (job.pinned || (await isMissedByAll(job, service))) {
      const failure = notHere(missing);
      const ended = new Date().toISOString();
      const failed = await jobs.change(job.id, ['queued'], { state: 'failed', ended, failure });
      if (failed !== null) onEnded(failed);
    }
  }
  for (const id of told.keys()) if (!rows.some((job) => job.id === id)) told.delete(id);
}

/** Whether every server said so of itself; one that has it may only be busy. */
async function isMissedByAll({ id }: ServiceJob, { catalog }: Service): Promise<boolean> {
  const { jobs, servers } = (await catalog()).service;
  const missedBy = new Set((await jobs.events(id)).map(({ detail }) => detail['server']));
  return (await servers.list()).every((server) => missedBy.has(server.id));
}

async function firstMissing(needs: readonly string[], can: Can): Promise<string | null> {
  for (const need of needs) if (!(await can(need))) return need;
  return null;
}

function notHere(need: string): NonNullable<ServiceJob['failure']> {
  const [kind = ''] = need.split(':');
  const codes: Readonly<Record<string, string>> = {
    medium: 'MEDIUM_NOT_FOUND',
    token: 'TOKEN_NOT_FOUND',
    folder: 'FOLDER_UNKNOWN',
    target: 'TARGET_UNKNOWN',
  };
  return {
    code: codes[kind] ?? 'INTERRUPTED',
    message: `no server had ${need.replace(':', ' ')} for so long`,
    remedy: 'Plug it in, or correct the configuration, and ask for the job again.',
  };
}
