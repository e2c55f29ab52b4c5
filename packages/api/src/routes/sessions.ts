import { z } from 'zod';
import { READERS, routes } from '../route.ts';
import { time } from '../schemas/common.ts';

const session = z
  .object({
    name: z.string(),
    role: z.enum(['administrator', 'operator', 'auditor']),
    /** To be sent as X-CSRF-Token with every request that the cookie vouches for. */
    csrf: z.string(),
    /** Seconds without a person’s doing after which it ends. */
    idle: z.int(),
    /** When it ends unless it is kept alive, and when it ends in any case. */
    until: time,
    ends: time,
  })
  .meta({ id: 'Session' });

export const sessionRoutes = routes({
  beginSession: {
    method: 'post',
    path: '/v1/session',
    group: 'Sessions',
    summary: 'Log in with a browser',
    words:
      'Whoever proves who they are by an access token, a certificate or being on this machine gets a cookie, which vouches for them from then on: on this server, until they log out, are idle, or what they logged in with is valid no more.',
    roles: READERS,
    answers: { 201: { words: 'the session, and its cookie', json: session } },
  },
  showSession: {
    method: 'get',
    path: '/v1/session',
    group: 'Sessions',
    summary: 'The session that the cookie is for; looking does not keep it alive',
    roles: READERS,
    answers: { 200: { words: 'the session', json: session } },
  },
  keepSession: {
    method: 'patch',
    path: '/v1/session',
    group: 'Sessions',
    summary: 'Keep a session alive, because somebody is there',
    roles: READERS,
    answers: { 200: { words: 'the session', json: session } },
  },
  endSession: {
    method: 'delete',
    path: '/v1/session',
    group: 'Sessions',
    summary: 'Log out',
    roles: READERS,
    answers: { 204: { words: 'it is over' } },
  },
});
