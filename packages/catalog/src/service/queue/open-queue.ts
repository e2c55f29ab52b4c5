import type { Engine } from '../../engine.ts';
import type { JobQueue, ServiceTables } from '../ports.ts';
import { openLocalQueue } from './local-queue.ts';

/** The line of jobs: within this process for SQLite, by pg-boss for PostgreSQL. */
export async function openQueue(_engine: Engine, tables: ServiceTables): Promise<JobQueue> {
  return await Promise.resolve(openLocalQueue(tables));
}
