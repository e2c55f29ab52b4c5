import { z } from 'zod';
import { ADMINISTRATORS, READERS, routes } from '../route.ts';
import { givenName, time, uuid } from '../schemas/common.ts';
import { restoreTo } from './restores.ts';

const session = z
  .object({
    id: uuid,
    backup: uuid,
    secret: z.string().nullable(),
    purpose: z.union([
      z.object({ kind: z.literal('restore'), target: z.string() }),
      z.object({ kind: z.literal('relay'), recipient: z.string() }),
    ]),
    /** What custodians seal their shares to. */
    recipient: z.string(),
    who: z.string(),
    /** Whose shares open which envelope, and how many it takes; of each generation that is known. */
    quorums: z.array(
      z.object({
        generation: z.int(),
        envelope: z.int(),
        threshold: z.int(),
        custodians: z.array(z.object({ name: z.string(), factors: z.string() })),
      }),
    ),
    created: time,
    until: time,
    shares: z.array(z.object({ custodian: z.string(), at: time })),
    state: z.enum(['open', 'used', 'ended', 'expired']),
  })
  .meta({ id: 'QuorumSession' });

const params = z.object({ id: uuid });

export const quorumRoutes = routes({
  listQuorums: {
    method: 'get',
    path: '/v1/quorum-sessions',
    group: 'Quorum sessions',
    summary: 'Sessions on this server in which shares are collected',
    roles: READERS,
    answers: { 200: { words: 'all of them', json: z.object({ rows: z.array(session) }) } },
  },
  beginQuorum: {
    method: 'post',
    path: '/v1/quorum-sessions',
    group: 'Quorum sessions',
    summary: 'Collect shares of custodians for one restore',
    words:
      'To a target, the service opens the shares in the one restore that the session is for, and not before. To a recipient, they are sealed to it, and the service can open none: fetch them, and combine them with holdfast restore --share.',
    roles: ADMINISTRATORS,
    body: {
      json: z.strictObject({
        backup: uuid,
        to: restoreTo,
        /** Seconds. */
        within: z.int().min(60).max(86_400).default(3600),
      }),
    },
    answers: {
      201: {
        words: 'the session, and the invitation for its custodians, which is shown once',
        json: z.object({ session, invitation: z.string() }),
      },
    },
  },
  showQuorum: {
    method: 'get',
    path: '/v1/quorum-sessions/{id}',
    group: 'Quorum sessions',
    summary: 'What a session is for, and who has sent a share',
    roles: [...READERS, 'custodian'],
    params,
    answers: { 200: { words: 'the session', json: session } },
  },
  addShare: {
    method: 'put',
    path: '/v1/quorum-sessions/{id}/shares/{custodian}',
    group: 'Quorum sessions',
    summary: 'Send a share, sealed for the session',
    words:
      'As holdfast custodian contribute makes it. One that is sent again takes the place of the former.',
    roles: [...ADMINISTRATORS, 'operator', 'custodian'],
    params: z.object({ id: uuid, custodian: givenName }),
    body: { bytes: 'application/octet-stream', maxBytes: 64 * 1024 },
    answers: { 200: { words: 'the session', json: session } },
  },
  fetchShares: {
    method: 'get',
    path: '/v1/quorum-sessions/{id}/shares',
    group: 'Quorum sessions',
    summary: 'The sealed shares of a session that is for your recipient',
    roles: ADMINISTRATORS,
    params,
    answers: {
      200: {
        words: 'armored age files, each to the recipient of the session',
        json: z.object({ rows: z.array(z.object({ custodian: z.string(), share: z.string() })) }),
      },
    },
  },
  endQuorum: {
    method: 'delete',
    path: '/v1/quorum-sessions/{id}',
    group: 'Quorum sessions',
    summary: 'End a session, and forget its shares',
    roles: ADMINISTRATORS,
    params,
    answers: { 200: { words: 'the session, over', json: session } },
  },
});
