import type { Handlers } from '../http/handler.ts';
import { jobs } from './jobs.ts';
import { schedules } from './schedules.ts';
import { webhooks } from './webhooks.ts';

/** One handler for every route of the contract; one that is missing does not compile. */
export const HANDLERS: Handlers = { ...jobs, ...schedules, ...webhooks };
