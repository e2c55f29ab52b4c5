import type { Route } from '../route.ts';
import { accessRoutes } from './access.ts';
import { adviceRoutes } from './advice.ts';
import { backupRoutes } from './backups.ts';
import { custodyRoutes } from './custody.ts';
import { jobRoutes } from './jobs.ts';
import { mediaRoutes } from './media.ts';
import { quorumRoutes } from './quorum.ts';
import { restoreRoutes } from './restores.ts';
import { scheduleRoutes } from './schedules.ts';
import { secretRoutes } from './secrets.ts';
import { sessionRoutes } from './sessions.ts';
import { settingsRoutes } from './settings.ts';
import { tokenRoutes } from './tokens.ts';
import { webhookRoutes } from './webhooks.ts';

/** Every route of the contract, by its id. */
export const ROUTES = {
  ...secretRoutes,
  ...backupRoutes,
  ...restoreRoutes,
  ...quorumRoutes,
  ...mediaRoutes,
  ...tokenRoutes,
  ...custodyRoutes,
  ...jobRoutes,
  ...scheduleRoutes,
  ...webhookRoutes,
  ...accessRoutes,
  ...sessionRoutes,
  ...settingsRoutes,
  ...adviceRoutes,
} as const satisfies Readonly<Record<string, Route>>;

export type Routes = typeof ROUTES;
export type RouteId = keyof Routes;
