import { z } from 'zod';
import { ADMINISTRATORS, OPERATORS, READERS, routes } from '../route.ts';
import { accepted } from '../schemas/accepted.ts';
import { givenName, pageOf, paging, secretName, time, uuid } from '../schemas/common.ts';
import { envelopeExpression, opening, secretText } from '../schemas/factors.ts';
import { drillReceipt } from '../schemas/reports.ts';
import { copyName } from './backups.ts';

/** A native age recipient. */
const recipient = z
  .string()
  .min(62)
  .max(2200)
  .regex(/^age1[0-9a-z]+$/);

/** To a target of the configuration, or encrypted to the caller’s recipient; never in clear. */
export const restoreTo = z.union([
  z.strictObject({ target: givenName }),
  z.strictObject({ recipient }),
]);

const drill = z
  .object({
    id: z.string(),
    time,
    outcome: z.string(),
    secret: z.string().nullable(),
    backup: z.string().nullable(),
    copy: z.string().nullable(),
    medium: z.string().nullable(),
    envelope: z.int().nullable(),
    who: z.string(),
    custodians: z.array(z.string()),
    fromMedium: z.boolean(),
    sameAsLive: z.boolean().nullable(),
    checkPassed: z.boolean().nullable(),
  })
  .meta({ id: 'Drill' });

export const restoreRoutes = routes({
  createRestore: {
    method: 'post',
    path: '/v1/restores',
    group: 'Restores',
    summary: 'Restore a secret',
    words:
      'To a target of the configuration, or encrypted to your age recipient: the file is at /v1/jobs/{id}/file then. A secret is never answered in clear.',
    roles: ADMINISTRATORS,
    body: {
      json: z.strictObject({
        backup: uuid,
        copy: copyName.optional(),
        to: restoreTo,
        requireSigned: z.boolean().optional(),
        ...opening,
        /** The quorum session whose shares open it. */
        session: uuid.optional(),
      }),
    },
    answers: accepted,
    idempotent: true,
    fourEyes: 'restore',
  },
  changeEnvelopes: {
    method: 'post',
    path: '/v1/backups/{id}/envelopes',
    group: 'Backups',
    summary: 'Change who can open a copy of a backup',
    words:
      'Of a copy in a folder; the next generation takes its place once it is proven. Whoever opened the backup before may have kept what opens it.',
    roles: ADMINISTRATORS,
    params: z.object({ id: uuid }),
    body: {
      json: z.strictObject({
        copy: copyName.optional(),
        add: z.array(envelopeExpression).min(1).max(16).optional(),
        remove: z.array(z.int().min(1).max(999_999)).min(1).max(64).optional(),
        replace: z
          .strictObject({ index: z.int().min(1).max(999_999), expression: envelopeExpression })
          .optional(),
        /** Seal the envelope that `password` opens for `newPassword`. */
        replacePassword: z.boolean().optional(),
        newPassword: secretText.optional(),
        hint: z.string().max(512).optional(),
        allowWeakPassword: z.boolean().optional(),
        allowSinglePointOfFailure: z.boolean().optional(),
        ...opening,
      }),
    },
    answers: accepted,
    idempotent: true,
    fourEyes: 'envelopes',
  },
  listDrills: {
    method: 'get',
    path: '/v1/drills',
    group: 'Drills',
    summary: 'Drills that were made, newest first',
    roles: READERS,
    query: z.object({ ...paging, secret: secretName.optional() }),
    answers: { 200: { words: 'a page of drills', json: pageOf(drill) } },
  },
  showDrill: {
    method: 'get',
    path: '/v1/drills/{id}',
    group: 'Drills',
    summary: 'The receipt of a drill, its signature checked',
    roles: READERS,
    params: z.object({ id: uuid }),
    answers: {
      200: {
        words: 'the receipt; as the text that was signed, with its SSHSIG; and who signed it',
        json: z.object({
          receipt: drillReceipt,
          text: z.string(),
          signature: z.string(),
          signer: z.object({ fingerprint: z.string(), principal: z.string() }),
        }),
      },
    },
  },
  createDrill: {
    method: 'post',
    path: '/v1/drills',
    group: 'Drills',
    summary: 'Rehearse a restore: open a copy, compare it, leave a signed receipt',
    roles: OPERATORS,
    body: {
      json: z.strictObject({
        backup: uuid,
        copy: copyName.optional(),
        /** Open this envelope; any that opens, without it. */
        envelope: z.int().min(1).max(999_999).optional(),
        /** Compare it with the live secret. */
        live: z.boolean().default(false),
        ...opening,
      }),
    },
    answers: accepted,
    idempotent: true,
  },
});
