import { z } from 'zod';
import { ADMINISTRATORS, READERS, routes } from '../route.ts';
import { accepted } from '../schemas/accepted.ts';
import { secretName, time, storedName } from '../schemas/common.ts';
import { sealing, sealingSecrets } from '../schemas/factors.ts';

const params = z.object({ name: secretName });

const secret = z
  .object({
    name: z.string(),
    /** How it is read: `file`, `files`, `command`, `store`; `null`: it cannot be read again. */
    source: z.string().nullable(),
    policy: z.string().nullable(),
    /** Its versions in the store, the current one first; `null`: it is not in the store. */
    versions: z.array(z.object({ version: z.int(), created: z.string() })).nullable(),
    /** When the live secret was read last. */
    observedAt: time.nullable(),
    observedOutcome: z.string().nullable(),
  })
  .meta({ id: 'Secret' });

const bytes = z.int().min(16).max(65_536).default(32);
const withBackup = z.strictObject({ bytes, ...sealing, ...sealingSecrets });

export const secretRoutes = routes({
  listSecrets: {
    method: 'get',
    path: '/v1/secrets',
    group: 'Secrets',
    summary: 'Secrets that the configuration, the store or the catalog knows; never a value',
    roles: READERS,
    answers: { 200: { words: 'all of them', json: z.object({ rows: z.array(secret) }) } },
  },
  showSecret: {
    method: 'get',
    path: '/v1/secrets/{name}',
    group: 'Secrets',
    summary: 'One secret; never its value',
    roles: READERS,
    params,
    answers: { 200: { words: 'the secret', json: secret } },
  },
  generateSecret: {
    method: 'post',
    path: '/v1/secrets/{name}/generate',
    group: 'Secrets',
    summary: 'Make a new secret in the store, and a backup of it in the same act',
    roles: ADMINISTRATORS,
    params: z.object({ name: storedName }),
    body: { json: withBackup },
    answers: accepted,
    idempotent: true,
  },
  rotateSecret: {
    method: 'post',
    path: '/v1/secrets/{name}/rotate',
    group: 'Secrets',
    summary: 'Make a new version of a secret of the store, and a backup of it in the same act',
    roles: ADMINISTRATORS,
    params: z.object({ name: storedName }),
    body: { json: withBackup },
    answers: accepted,
    idempotent: true,
  },
  importSecret: {
    method: 'put',
    path: '/v1/secrets/{name}/value',
    group: 'Secrets',
    summary: 'Take a secret into the store',
    words:
      'It is kept in memory until the job has taken it in, or nobody has approved it in time. It has no backup then: make one.',
    roles: ADMINISTRATORS,
    params: z.object({ name: storedName }),
    body: { bytes: 'application/octet-stream', maxBytes: 1024 * 1024 },
    answers: accepted,
    fourEyes: 'import',
  },
});
