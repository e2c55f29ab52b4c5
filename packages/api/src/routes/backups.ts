import { z } from 'zod';
import { OPERATORS, READERS, routes } from '../route.ts';
import { accepted } from '../schemas/accepted.ts';
import { backup, copy } from '../schemas/backup.ts';
import { pageOf, paging, secretName, uuid } from '../schemas/common.ts';
import { opening, sealing, sealingSecrets } from '../schemas/factors.ts';

const params = z.object({ id: uuid });
/** The id of a copy. */
export const copyName = z.string().regex(/^[0-9a-f]{16,64}$/);

export const backupRoutes = routes({
  listBackups: {
    method: 'get',
    path: '/v1/backups',
    group: 'Backups',
    summary: 'Backups that are known, newest first',
    roles: READERS,
    query: z.object({ ...paging, secret: secretName.optional() }),
    answers: { 200: { words: 'a page of backups', json: pageOf(backup) } },
  },
  createBackup: {
    method: 'post',
    path: '/v1/backups',
    group: 'Backups',
    summary: 'Back a secret up',
    words:
      'The secret is one of [secrets.NAME] in the configuration, of the store, or one whose source is known from its former backup. The result of the job is the report.',
    roles: OPERATORS,
    body: { json: z.strictObject({ secret: secretName, ...sealing, ...sealingSecrets }) },
    answers: accepted,
    idempotent: true,
  },
  listCopies: {
    method: 'get',
    path: '/v1/copies',
    group: 'Backups',
    summary: 'Copies that are known, newest first',
    roles: READERS,
    query: z.object({
      ...paging,
      secret: secretName.optional(),
      backup: uuid.optional(),
      medium: z.string().min(1).max(200).optional(),
      present: z.enum(['true', 'false']).optional(),
    }),
    answers: { 200: { words: 'a page of copies', json: pageOf(copy) } },
  },
  showBackup: {
    method: 'get',
    path: '/v1/backups/{id}',
    group: 'Backups',
    summary: 'One backup and its copies',
    roles: READERS,
    params,
    answers: {
      200: { words: 'the backup', json: z.object({ backup, copies: z.array(copy) }) },
    },
  },
  fetchBackup: {
    method: 'get',
    path: '/v1/backups/{id}/file',
    group: 'Backups',
    summary: 'The file of a backup, from a copy that can be reached now',
    words: 'It is encrypted. That it left is recorded.',
    roles: OPERATORS,
    params,
    query: z.object({ copy: copyName.optional() }),
    answers: { 200: { words: 'the file, a tar of age files', bytes: 'application/x-tar' } },
  },
  verifyBackup: {
    method: 'post',
    path: '/v1/backups/{id}/verify',
    group: 'Backups',
    summary: 'Verify a copy, without or with what opens it',
    roles: OPERATORS,
    params,
    body: {
      json: z.strictObject({
        copy: copyName.optional(),
        with: z.enum(['structure', 'everything']).default('structure'),
        ...opening,
      }),
    },
    answers: accepted,
    idempotent: true,
  },
});
