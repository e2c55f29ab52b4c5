import type { Words } from '../en/index.ts';
import { envelopes, open, quorum, seal } from './acts.ts';
import { common, frame, problems, roles, session } from './frame.ts';
import {
  audit,
  backups,
  custodians,
  drills,
  media,
  policies,
  schedules,
  secrets,
} from './lists.ts';
import { jobs, settings, tokens } from './service.ts';
import { system } from './system.ts';

/** What the page says in German. */
export const de: Words = {
  ...{ audit, backups, common, custodians, drills, envelopes, frame, jobs, media, open, policies },
  ...{ problems, quorum, roles, schedules, seal, secrets, session, settings, system, tokens },
};
