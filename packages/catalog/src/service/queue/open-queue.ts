import type { Engine } from '../../engine.ts';
import type { JobQueue, ServiceTables } from '../ports.ts';
import { openLocalQueue } from './local-queue.ts';

/** The line of jobs: within this process for SQLite, by pg-boss for PostgreSQL. */
export async function openQueue(engine: Engine, tables: ServiceTables): Promise<JobQueue> {
  if (engine.postgres === null) return openLocalQueue(tables);
  const { openBossQueue } = await import('./boss-queue.ts');
  return await openBossQueue(engine.postgres, tables);
}
