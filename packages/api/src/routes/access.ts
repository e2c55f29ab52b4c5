import { z } from 'zod';
import { ADMINISTRATORS, READERS, routes } from '../route.ts';
import { givenName, time } from '../schemas/common.ts';

const role = z.enum(['administrator', 'operator', 'auditor']);

const access = z
  .object({
    name: z.string(),
    role,
    expires: time.nullable(),
    /** Addresses and networks; none: from everywhere. */
    sources: z.array(z.string()),
    createdAt: time,
    removedAt: time.nullable(),
  })
  .meta({ id: 'Access' });

export const accessRoutes = routes({
  whoAmI: {
    method: 'get',
    path: '/v1/me',
    group: 'Access',
    summary: 'Who you are to the service, and what you may do',
    roles: [...READERS, 'custodian'],
    answers: {
      200: {
        words: 'name and role',
        json: z.object({
          name: z.string(),
          role: z.enum(['administrator', 'operator', 'auditor', 'custodian']),
        }),
      },
    },
  },
  listAccess: {
    method: 'get',
    path: '/v1/access',
    group: 'Access',
    summary: 'Who has an access token; never the token',
    roles: READERS,
    answers: { 200: { words: 'all of them', json: z.object({ rows: z.array(access) }) } },
  },
  createAccess: {
    method: 'post',
    path: '/v1/access',
    group: 'Access',
    summary: 'Make an access token, which is shown once',
    roles: ADMINISTRATORS,
    body: {
      json: z.strictObject({
        name: givenName,
        role,
        /** Seconds from now on; without it, it does not expire. */
        expiresIn: z
          .int()
          .min(60)
          .max(10 * 366 * 86_400)
          .optional(),
        sources: z.array(z.string().min(2).max(49)).max(64).optional(),
      }),
    },
    answers: {
      201: { words: 'who, and the token', json: z.object({ access, token: z.string() }) },
    },
  },
  revokeAccess: {
    method: 'delete',
    path: '/v1/access/{name}',
    group: 'Access',
    summary: 'Revoke an access token; it is refused within a second',
    roles: ADMINISTRATORS,
    params: z.object({ name: givenName }),
    answers: { 200: { words: 'who it was', json: access } },
  },
});
