import { audit } from './audit.ts';
import { backups } from './backups.ts';
import { custodians } from './custodians.ts';
import { drills } from './drills.ts';
import { envelopes } from './envelopes.ts';
import { common, frame, problems, roles, session } from './frame.ts';
import { jobs } from './jobs.ts';
import { media } from './media.ts';
import { open } from './open.ts';
import { policies } from './policies.ts';
import { quorum } from './quorum.ts';
import { schedules } from './schedules.ts';
import { seal } from './seal.ts';
import { secrets } from './secrets.ts';
import { settings } from './settings.ts';
import { system } from './system.ts';
import { tokens } from './tokens.ts';

/** What the page says in English. Other languages have the same shape, or do not compile. */
export const en = {
  ...{ audit, backups, common, custodians, drills, envelopes, frame, jobs, media, open, policies },
  ...{ problems, quorum, roles, schedules, seal, secrets, session, settings, system, tokens },
};

export type Words = typeof en;
