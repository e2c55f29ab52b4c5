import { randomUUID } from 'node:crypto';
import { coreError } from '@holdfast/core';
import type { CatalogEvent, JobQueue, ServiceJob, ServiceJobState } from '@holdfast/core/service';
import { actorOf, type Principal } from '../auth/principal.ts';
import { serverError } from '../errors.ts';
import { Later } from '../http/problem.ts';
import type { Service } from '../service.ts';
import { ability } from './able.ts';
import { makeHeldSecrets } from './held-secrets.ts';
import { makeHub } from './hub.ts';
import { openKeeper } from './keeper.ts';
import type { JobDesk, NewJob } from './ports.ts';
import type { JobKind } from './kind.ts';
import { resultsIn } from './results.ts';
import { makeRunner } from './runner.ts';
import { openJobSecrets } from './secrets.ts';
import { hasEnded } from './states.ts';

/** The desk of a server, with what only the program itself does. */
export interface OwnJobDesk extends JobDesk {
  /** Ids of the jobs whose secrets wait in memory here. */
  readonly holding: readonly string[];
  /** Finds what servers left that are gone, and begins with what waits. */
  start(): Promise<void>;
  /** On return nothing runs here. Milliseconds. */
  stop(grace: number): Promise<void>;
}

const WAITING = ['awaiting-approval', 'queued'] as const satisfies readonly ServiceJobState[];

export function openJobDesk(
  service: Service,
  queue: JobQueue,
  kinds: readonly JobKind[],
): OwnJobDesk {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const held = makeHeldSecrets();
  const results = resultsIn(service.instance);
  const hub = makeHub(service.catalog);
  const listeners = new Set<(job: ServiceJob) => void>();
  const can = ability(service);
  const jobs = async () => (await service.catalog()).service.jobs;

  function tellEnded(job: ServiceJob): void {
    held.drop(job.id);
    hub.wake(job.id);
    for (const listener of listeners) listener(job);
  }

  const runner = makeRunner({
    ...{ service, queue, kinds: byName, held, results, can },
    onChange: (job) => {
      hub.wake(job);
    },
    onEnded: tellEnded,
  });
  const keeper = openKeeper({ service, queue, held, results, runner, can, onEnded: tellEnded });

  /** @throws OVERLOADED */
  async function assertRoom(): Promise<void> {
    if ((await (await jobs()).count(WAITING)) < service.config.server.maxWaiting) return;
    throw new Later('OVERLOADED', 'as many jobs wait as may', 10);
  }

  let admitted = Promise.resolve();
  /** One after another: whoever comes together counts each other. */
  async function admit(row: ServiceJob): Promise<void> {
    const mine = admitted.then(async () => {
      await assertRoom();
      await (await jobs()).add(row);
    });
    admitted = mine.catch(() => undefined);
    await mine;
  }

  /** What is in the table is found there by the keeper, if it cannot be told now. */
  async function putInLine(job: ServiceJob): Promise<void> {
    await queue.send(job).catch((cause: unknown) => {
      service.log.warn({ err: cause, job: job.id }, 'a job could not be put in line yet');
    });
  }

  async function record(by: Principal, from: string, ...events: CatalogEvent[]): Promise<void> {
    await service.catalogAccess.as(actorOf(by, from)).recorder.record(events);
  }

  async function find(id: string): Promise<ServiceJob> {
    const found = await (await jobs()).find(id);
    if (found !== null) return found;
    throw serverError('JOB_NOT_FOUND', 'there is no job of that id');
  }

  /** @throws JOB_NOT_FOUND, JOB_STATE */
  async function awaiting(id: string): Promise<ServiceJob> {
    const job = await find(id);
    if (job.state === 'awaiting-approval') return job;
    throw serverError('JOB_STATE', `the job waits for no approval: it is ${job.state}`);
  }

  /** What is in the backup, as far as that is known. */
  async function secretOf(id: string): Promise<string | null> {
    const [found] = (await (await service.catalog()).backups({ id, limit: 1 })).rows;
    return found?.secret ?? null;
  }

  async function rowOf(kind: JobKind, job: NewJob, pinned: boolean): Promise<ServiceJob> {
    const request = parsed(kind, job);
    const { secret: named = null, backup = null } = kind.about(request);
    const secret = named ?? (backup === null ? null : await secretOf(backup));
    const before = new Date(Date.now() + service.config.server.approveWithin).toISOString();
    return {
      ...{ id: randomUUID(), kind: job.kind, secret, backup, request },
      state: job.fourEyes ? 'awaiting-approval' : 'queued',
      ...{ who: job.by.name, from: job.from, created: new Date().toISOString() },
      ...{ started: null, ended: null, server: pinned ? service.id : null, pinned },
      repeatable: kind.repeatable,
      needs: [...new Set(await kind.needs(request, service))].toSorted(),
      ...{ attempt: 0, cancelled: false, progress: null, failure: null, result: null, file: false },
      approval: job.fourEyes ? { asker: job.by.id, before, by: null, at: null } : null,
    };
  }

  return {
    get holding() {
      return held.jobs;
    },
    async submit(job) {
      using taken = new DisposableStack();
      const secrets = taken.use(openJobSecrets(job.secrets));
      const kind = byName.get(job.kind);
      if (kind === undefined) throw coreError('INTERNAL', `there is no job ${job.kind}`);
      await assertRoom();
      const row = await rowOf(kind, job, !secrets.isEmpty);
      if (!secrets.isEmpty) held.hold(row.id, secrets);
      try {
        await admit(row);
      } catch (cause) {
        held.drop(row.id);
        throw cause;
      }
      taken.move();
      if (job.fourEyes) {
        const detail = { kind: row.kind, askedBy: row.who };
        await record(job.by, job.from, { ...about(row), action: 'approval.ask', detail });
      } else await putInLine(row);
      return row;
    },
    find,
    async *follow(id, options) {
      await find(id);
      yield* hub.follow(id, options);
    },
    async cancel(id, by, from) {
      const job = await find(id);
      if (by.role !== 'administrator' && job.who !== by.name) {
        throw serverError('FORBIDDEN', 'an operator cancels what they asked for themselves');
      }
      if (hasEnded(job.state)) throw serverError('JOB_STATE', `the job has ended: ${job.state}`);
      const table = await jobs();
      const ended = new Date().toISOString();
      const change = { state: 'cancelled', cancelled: true, ended } as const;
      const done = await table.change(id, WAITING, change);
      const asked = done ?? (await table.change(id, ['running'], { cancelled: true }));
      if (asked === null) throw serverError('JOB_STATE', 'the job has just ended');
      const detail = { kind: job.kind };
      await record(by, from, { ...about(job), action: 'job.cancel', detail });
      runner.cancel(id);
      if (done !== null) tellEnded(done);
      return asked;
    },
    async approve(id, by, from) {
      const job = await awaiting(id);
      if (isSame(job.who, by.name) || job.approval?.asker === by.id) {
        throw serverError('APPROVAL_SELF', `${job.who} asked for it, and cannot approve it`);
      }
      const now = new Date().toISOString();
      if (job.approval !== null && job.approval.before < now) {
        throw serverError('JOB_STATE', 'its time for approval is over');
      }
      const change = { state: 'queued', approval: decided(job, by, now) } as const;
      const approved = await (await jobs()).change(id, ['awaiting-approval'], change);
      if (approved === null) throw serverError('JOB_STATE', 'the job has gone on meanwhile');
      const detail = { kind: job.kind, askedBy: job.who };
      await record(by, from, { ...about(job), action: 'approval.give', detail });
      await putInLine(approved);
      hub.wake(id);
      return approved;
    },
    async reject(id, by, from) {
      const job = await awaiting(id);
      const now = new Date().toISOString();
      const approval = decided(job, by, now);
      const change = { state: 'rejected', approval, ended: now } as const;
      const rejected = await (await jobs()).change(id, ['awaiting-approval'], change);
      if (rejected === null) throw serverError('JOB_STATE', 'the job has gone on meanwhile');
      const detail = { kind: job.kind, askedBy: job.who };
      await record(by, from, { ...about(job), action: 'approval.reject', detail });
      tellEnded(rejected);
      return rejected;
    },
    async file(id, by) {
      const job = await find(id);
      if (job.who !== by.name) {
        throw serverError('FORBIDDEN', 'only whoever asked for a job gets its file');
      }
      const path = job.file && job.state === 'finished' ? await results.find(id) : null;
      if (path !== null) return path;
      throw serverError('FILE_GONE', 'there is no file of this job here, or none any more');
    },
    onEnded(callback) {
      listeners.add(callback);
      return {
        [Symbol.dispose]: () => {
          listeners.delete(callback);
        },
      };
    },
    async start() {
      await keeper.start();
      runner.look();
    },
    async stop(grace) {
      await runner.stop(grace);
      await keeper.stop();
      held.dropAll();
    },
  };
}

/** What is kept has to be readable again as it is. */
function parsed(kind: JobKind, { request }: NewJob): ReturnType<JobKind['request']['parse']> {
  return kind.request.parse(JSON.parse(JSON.stringify(request)));
}

function about({ id, secret, backup }: ServiceJob) {
  return {
    ...{ job: id, outcome: 'ok' },
    ...(secret !== null && { secret }),
    ...(backup !== null && { backup }),
  };
}

function decided({ approval }: ServiceJob, { name }: Principal, at: string) {
  return { asker: approval?.asker ?? '', before: approval?.before ?? at, by: name, at };
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
