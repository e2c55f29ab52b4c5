import { z } from 'zod';
import { ADMINISTRATORS, OPERATORS, READERS, routes } from '../route.ts';
import { accepted } from '../schemas/accepted.ts';
import { time } from '../schemas/common.ts';
import { tokenName } from '../schemas/factors.ts';

const alias = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const params = z.object({ alias });

const enrolment = z
  .object({
    alias: z.string(),
    uri: z.string(),
    token: z.object({ label: z.string(), serial: z.string() }),
    algorithm: z.string(),
    fingerprint: z.string(),
    stanza: z.string(),
    enrolled: z.string(),
    tested: z.string(),
    warnings: z.array(z.string()),
    /** Until when its PIN is kept if nobody uses it; `null`: it is not kept. `always`: as long as the service runs. */
    pin: z.union([time, z.literal('always')]).nullable(),
  })
  .meta({ id: 'Enrolment' });

const module = z.object({
  path: z.string(),
  tokens: z.array(
    z.object({
      label: z.string(),
      serial: z.string(),
      model: z.string(),
      /** What it says of the tries left: `full`, `low`, `last`, `locked`. */
      pinTries: z.string(),
    }),
  ),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const tokenRoutes = routes({
  listTokens: {
    method: 'get',
    path: '/v1/tokens',
    group: 'Tokens',
    summary: 'Tokens that are here, and keys that are enrolled; no PIN is used',
    roles: READERS,
    answers: {
      200: {
        words: 'both',
        json: z.object({ modules: z.array(module), enrolled: z.array(enrolment) }),
      },
    },
  },
  enrollToken: {
    method: 'put',
    path: '/v1/tokens/{alias}',
    group: 'Tokens',
    summary: 'Prove a key by using it, and record it under a name',
    words: 'Takes the PIN of its token: hand it over first, by the URI of the token.',
    roles: ADMINISTRATORS,
    params,
    body: {
      json: z.strictObject({
        uri: z
          .string()
          .min(8)
          .max(1024)
          .regex(/^pkcs11:[!->@-~]*$/),
        replace: z.boolean().default(false),
      }),
    },
    answers: accepted,
  },
  testToken: {
    method: 'post',
    path: '/v1/tokens/{alias}/test',
    group: 'Tokens',
    summary: 'Prove a key again, without any backup',
    roles: OPERATORS,
    params,
    answers: accepted,
  },
  forgetToken: {
    method: 'delete',
    path: '/v1/tokens/{alias}',
    group: 'Tokens',
    summary: 'Remove the record of an enrolled key',
    roles: ADMINISTRATORS,
    params,
    answers: { 204: { words: 'it is gone' } },
  },
  handPin: {
    method: 'put',
    path: '/v1/pins',
    group: 'Tokens',
    summary: 'Hand over the PIN of a token that is here',
    words:
      'It is kept in memory, and wiped when nobody has used it for `idle` seconds, when the token refuses it, and when the service ends. It is not tried now.',
    roles: OPERATORS,
    body: {
      json: z.strictObject({
        /** An alias, or the URI of a token. */
        token: tokenName,
        pin: z.string().min(1).max(255),
        idle: z.int().min(10).max(86_400).optional(),
      }),
    },
    answers: {
      200: {
        words: 'which token it is for, and until when if nobody uses it',
        json: z.object({ label: z.string(), serial: z.string(), until: time }),
      },
    },
  },
  takePin: {
    method: 'delete',
    path: '/v1/pins',
    group: 'Tokens',
    summary: 'Have the PIN of a token forgotten',
    roles: OPERATORS,
    query: z.object({
      token: tokenName,
    }),
    answers: { 204: { words: 'there is none any more' } },
  },
});
