import type { Handlers } from '../http/handler.ts';
import { access } from './access.ts';
import { advice } from './advice.ts';
import { audit } from './audit.ts';
import { backups } from './backups.ts';
import { custodians } from './custodians.ts';
import { jobs } from './jobs.ts';
import { media } from './media.ts';
import { policies } from './policies.ts';
import { quorum } from './quorum.ts';
import { restores } from './restores.ts';
import { schedules } from './schedules.ts';
import { secrets } from './secrets.ts';
import { sessions } from './sessions.ts';
import { settings } from './settings.ts';
import { status } from './status.ts';
import { tokens } from './tokens.ts';
import { webhooks } from './webhooks.ts';

/** One handler for every route of the contract; one that is missing does not compile. */
export const HANDLERS: Handlers = {
  ...{ ...status, ...secrets, ...backups, ...restores, ...quorum, ...media, ...tokens },
  ...{ ...custodians, ...policies, ...audit, ...jobs, ...schedules, ...webhooks, ...access },
  ...{ ...sessions, ...settings, ...advice },
};
