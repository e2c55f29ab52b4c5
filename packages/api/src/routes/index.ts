import type { Route } from '../route.ts';
import { jobRoutes } from './jobs.ts';
import { scheduleRoutes } from './schedules.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route of the contract, by its id. */
export const ROUTES = {
  ...jobRoutes,
  ...scheduleRoutes,
  ...webhookRoutes,
} as const satisfies Readonly<Record<string, Route>>;

export type Routes = typeof ROUTES;
export type RouteId = keyof Routes;
