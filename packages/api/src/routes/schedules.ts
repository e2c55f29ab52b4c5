import { z } from 'zod';
import { ADMINISTRATORS, READERS, routes } from '../route.ts';
import { givenName, secretName, time, uuid } from '../schemas/common.ts';
import { destination } from '../schemas/factors.ts';

const backupTask = z.strictObject({
  what: z.literal('backup'),
  request: z.strictObject({
    secret: secretName,
    to: z.array(destination).min(1).max(16),
    /** Without a password: nobody is there to type it. */
    envelopes: z.array(z.string().min(1).max(2000)).min(1).max(16).optional(),
    policy: z.string().min(1).max(64).optional(),
    keep: z.int().min(1).max(1000).optional(),
  }),
});

const verifyTask = z.strictObject({
  what: z.literal('verify'),
  /** Each copy of the newest backup of this secret that can be reached. */
  request: z.strictObject({ secret: secretName }),
});

const reminderTask = z.strictObject({
  what: z.literal('drill-reminder'),
  /** Of this secret, or of all. */
  request: z.strictObject({
    secret: secretName.optional(),
    /** How many days before a drill is due. */
    ahead: z.int().min(0).max(365).default(7),
  }),
});

const when = {
  /** Five fields, as in crontab(5). */
  cron: z.string().min(9).max(200),
  /** An IANA time zone, such as `Europe/Vienna`. */
  zone: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9+_/-]+$/)
    .default('UTC'),
  enabled: z.boolean().default(true),
};

const newSchedule = z.discriminatedUnion('what', [
  backupTask.extend(when),
  verifyTask.extend(when),
  reminderTask.extend(when),
]);

const run = z.object({
  due: time,
  state: z.enum(['begun', 'missed', 'failed']),
  job: uuid.nullable(),
  why: z.string().nullable(),
});

const schedule = z
  .object({
    name: givenName,
    cron: z.string(),
    zone: z.string(),
    enabled: z.boolean(),
    what: z.enum(['backup', 'verify', 'drill-reminder']),
    request: z.record(z.string(), z.unknown()),
    changed: time,
    changedBy: z.string(),
    /** When it is due next; `null` when it is not enabled, or never again. */
    next: time.nullable(),
    /** The newest first. */
    runs: z.array(run),
  })
  .meta({ id: 'Schedule' });

const params = z.object({ name: givenName });

export const scheduleRoutes = routes({
  listSchedules: {
    method: 'get',
    path: '/v1/schedules',
    group: 'Schedules',
    summary: 'What is done again and again, each with its last run',
    roles: READERS,
    answers: { 200: { words: 'all of them', json: z.object({ rows: z.array(schedule) }) } },
  },
  showSchedule: {
    method: 'get',
    path: '/v1/schedules/{name}',
    group: 'Schedules',
    summary: 'One schedule with its last runs',
    roles: READERS,
    params,
    answers: { 200: { words: 'the schedule', json: schedule } },
  },
  putSchedule: {
    method: 'put',
    path: '/v1/schedules/{name}',
    group: 'Schedules',
    summary: 'Make a schedule, or change it',
    words:
      'Times that pass while no service runs are noticed; one run makes up for all of them. What it does is done in the name of whoever changed it last.',
    roles: ADMINISTRATORS,
    params,
    body: { json: newSchedule },
    answers: { 200: { words: 'the schedule', json: schedule } },
  },
  removeSchedule: {
    method: 'delete',
    path: '/v1/schedules/{name}',
    group: 'Schedules',
    summary: 'Remove a schedule',
    roles: ADMINISTRATORS,
    params,
    answers: { 204: { words: 'it is gone' } },
  },
});
