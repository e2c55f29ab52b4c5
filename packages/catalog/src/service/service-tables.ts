import type { Engine } from '../engine.ts';
import { answerTable } from './answers.ts';
import { deliveryTable } from './deliveries.ts';
import { jobTable } from './jobs.ts';
import type { ServiceTables } from './ports.ts';
import { runTable } from './runs.ts';
import { serverTable } from './servers.ts';

export function serviceTables(engine: Engine): ServiceTables {
  return {
    jobs: jobTable(engine),
    answers: answerTable(engine),
    runs: runTable(engine),
    deliveries: deliveryTable(engine),
    servers: serverTable(engine),
  };
}
