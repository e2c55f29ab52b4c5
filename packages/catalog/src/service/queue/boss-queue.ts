import { createHash } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import type { PostgresAccess } from '../../engine.ts';
import type { ClaimedJob, JobQueue, ServiceJob, ServiceTables } from '../ports.ts';
import { openNeedsLock } from './needs-lock.ts';
import { openNews } from './news.ts';
import { recoverJobs } from './recover.ts';
import { hasAll, waitingJobs } from './waiting.ts';

const SCHEMA = 'holdfast_queue';

type Waiting = Pick<ServiceJob, 'id' | 'needs' | 'server' | 'pinned'>;

/**
 * Several servers share one line. Jobs with the same needs wait in one queue of pg-boss, from which a server that has
 * these takes the next, once it has locked them. What a job is and how far it has come is in the table of jobs alone:
 * a job leaves pg-boss with its claim.
 */
export async function openBossQueue(
  postgres: PostgresAccess,
  { jobs }: ServiceTables,
): Promise<JobQueue> {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => await postgres.query(text, values) },
    schema: SCHEMA,
    schedule: false,
  });
  // What goes wrong shows in what is asked for; this is about its upkeep, which is tried again.
  boss.on('error', () => undefined);
  await using resources = new AsyncDisposableStack();
  resources.defer(async () => {
    await boss.stop({ graceful: false, timeout: 1000 });
  });
  await boss.start();
  const news = resources.use(await openNews(postgres));
  const held = resources.move();
  const known = new Set<string>();

  async function lane(job: Waiting): Promise<string> {
    const name = laneOf(job);
    if (!known.has(name)) {
      await boss.createQueue(name, { retryLimit: 0 });
      known.add(name);
    }
    return name;
  }

  async function put(job: Waiting): Promise<void> {
    await boss.send(await lane(job), { job: job.id }, { id: job.id });
  }

  /** The next of a lane whose needs are locked already. */
  async function takeNext(name: string, server: string): Promise<ServiceJob | null> {
    for (;;) {
      const [next] = await boss.fetch<{ job: string }>(name);
      if (next === undefined) return null;
      await boss.deleteJob(name, next.id);
      const before = await jobs.find(next.data.job);
      const started = new Date().toISOString();
      const attempt = (before?.attempt ?? 0) + 1;
      const change = { state: 'running', server, started, attempt } as const;
      // It may have been cancelled meanwhile.
      const claimed = await jobs.change(next.data.job, ['queued'], change);
      if (claimed !== null) return claimed;
    }
  }

  async function claimIn(job: ServiceJob, server: string): Promise<ClaimedJob | null> {
    const name = await lane(job);
    await using resources = new AsyncDisposableStack();
    const lock = resources.use(await openNeedsLock(postgres, job.needs));
    if (lock === null) return null;
    const claimed = await takeNext(name, server);
    if (claimed === null) return null;
    const kept = resources.move();
    return {
      job: claimed,
      lost: lock.lost,
      async [Symbol.asyncDispose]() {
        await kept.disposeAsync();
        await news.tell().catch(() => undefined);
      },
    };
  }

  return {
    async send(job) {
      await put(job);
      await news.tell();
    },
    async claim(server, can) {
      const seen = new Set<string>();
      for (const job of await waitingJobs(jobs)) {
        if (job.pinned && job.server !== server) continue;
        const name = laneOf(job);
        if (seen.has(name)) continue;
        seen.add(name);
        if (!(await hasAll(job.needs, can))) continue;
        const claimed = await claimIn(job, server);
        if (claimed !== null) return claimed;
      }
      return null;
    },
    onWork: (callback) => news.onTold(callback),
    async recover(gone) {
      const { interrupted } = await recoverJobs(jobs, gone);
      const waiting = await waitingJobs(jobs);
      for (const job of waiting) {
        // What a server had taken out when it died is in nobody’s hands.
        if (gone.length > 0) await boss.deleteJob(await lane(job), job.id);
        await put(job);
      }
      if (waiting.length > 0) await news.tell();
      return interrupted;
    },
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

/** Of a pinned job, that of its server and its needs. */
function laneOf({ needs, server, pinned }: Waiting): string {
  const text = JSON.stringify([needs, pinned ? server : null]);
  return `lane-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
