import { z } from 'zod';
import { ADMINISTRATORS, OPERATORS, READERS, routes } from '../route.ts';
import { accepted } from '../schemas/accepted.ts';
import { givenName, line, pageOf, paging, secretName, time, uuid } from '../schemas/common.ts';
import { checkedBackup, checkedPolicy } from '../schemas/losses.ts';
import { status } from '../schemas/status.ts';

const custodian = z
  .object({
    name: z.string(),
    /** What they open their shares with, as in an envelope expression. */
    factors: z.string(),
    contact: z.string().nullable(),
    /** Days between checks; `null`: as the policy has it. */
    checkEvery: z.number().nullable(),
    addedAt: time,
    checkedAt: time.nullable(),
    checkOutcome: z.string().nullable(),
    dueAt: z.string().nullable(),
    overdue: z.boolean(),
  })
  .meta({ id: 'Custodian' });

const said = {
  factors: z.string().min(1).max(2000).optional(),
  /** How to reach them; empty takes back what was said before. */
  contact: line.optional(),
  checkEvery: z.int().min(0).max(3660).optional(),
};

const changed = z.object({ name: z.string(), warnings: z.array(z.string()) });

const auditEntry = z
  .object({
    sequence: z.int(),
    id: z.string(),
    time,
    actor: z.object({ who: z.string(), from: z.string(), instance: z.string() }),
    event: z.looseObject({ action: z.string(), outcome: z.string() }),
    previous: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });

export const custodyRoutes = routes({
  listCustodians: {
    method: 'get',
    path: '/v1/custodians',
    group: 'Custodians',
    summary: 'Whom a quorum can name',
    roles: READERS,
    answers: { 200: { words: 'all of them', json: z.object({ rows: z.array(custodian) }) } },
  },
  addCustodian: {
    method: 'post',
    path: '/v1/custodians',
    group: 'Custodians',
    summary: 'Make somebody known whom a quorum can name',
    roles: ADMINISTRATORS,
    body: { json: z.strictObject({ name: givenName, ...said }) },
    answers: { 201: { words: 'the name, and what to mind', json: changed } },
  },
  changeCustodian: {
    method: 'patch',
    path: '/v1/custodians/{name}',
    group: 'Custodians',
    summary: 'Change what is known of a custodian; what is left out stays',
    roles: ADMINISTRATORS,
    params: z.object({ name: givenName }),
    body: { json: z.strictObject(said) },
    answers: { 200: { words: 'the name, and what to mind', json: changed } },
  },
  removeCustodian: {
    method: 'delete',
    path: '/v1/custodians/{name}',
    group: 'Custodians',
    summary: 'Let no quorum name a custodian any more; their shares still open',
    roles: ADMINISTRATORS,
    params: z.object({ name: givenName }),
    query: z.object({ anyway: z.enum(['true', 'false']).default('false') }),
    answers: { 200: { words: 'the name, and what to mind', json: changed } },
  },
  listPolicies: {
    method: 'get',
    path: '/v1/policies',
    group: 'Policies',
    summary: 'The policies of the configuration',
    roles: READERS,
    answers: {
      200: {
        words: 'all of them; times in milliseconds',
        json: z.object({
          rows: z.array(
            z.object({
              name: z.string(),
              envelopes: z.array(z.string()),
              requireToken: z.boolean(),
              copies: z.int(),
              maxAge: z.number().nullable(),
              drillEvery: z.number().nullable(),
              checkCustodiansEvery: z.number().nullable(),
              independentRecovery: z.boolean(),
              waive: z.array(z.string()),
            }),
          ),
        }),
      },
    },
  },
  checkPolicies: {
    method: 'get',
    path: '/v1/policies/check',
    group: 'Policies',
    summary: 'Which losses policies and backups survive, and which rules are broken',
    roles: READERS,
    query: z.object({
      policy: z.string().min(1).max(64).optional(),
      older: z.enum(['true', 'false']).default('false'),
    }),
    answers: {
      200: {
        words: 'as holdfast policy check --json tells it',
        json: z.object({
          policies: z.array(checkedPolicy),
          backups: z.array(checkedBackup),
          neverBackedUp: z.array(z.object({ secret: z.string(), policy: z.string() })),
          violated: z.boolean(),
        }),
      },
    },
  },
  listAudit: {
    method: 'get',
    path: '/v1/audit',
    group: 'Audit log',
    summary: 'Entries of the audit log, newest first',
    roles: READERS,
    query: z.object({
      ...paging,
      action: line.optional(),
      secret: secretName.optional(),
      backup: uuid.optional(),
      medium: z.string().min(1).max(200).optional(),
      custodian: givenName.optional(),
      since: time.optional(),
      until: time.optional(),
    }),
    answers: { 200: { words: 'a page of entries', json: pageOf(auditEntry) } },
  },
  verifyAudit: {
    method: 'post',
    path: '/v1/audit/verify',
    group: 'Audit log',
    summary: 'Check the whole chain, its signed heads, and that the tables follow from it',
    roles: READERS,
    answers: accepted,
  },
  exportAudit: {
    method: 'get',
    path: '/v1/audit/export',
    group: 'Audit log',
    summary: 'The audit log as lines of JSON, oldest first, with its signed head as the last',
    roles: READERS,
    query: z.object({
      from: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
      since: time.optional(),
    }),
    answers: { 200: { words: 'one entry a line', bytes: 'application/jsonl' } },
  },
  getStatus: {
    method: 'get',
    path: '/v1/status',
    group: 'Status',
    summary: 'Would we get it back? How things stand with every secret',
    roles: READERS,
    query: z.object({
      secret: z.array(secretName).max(100).optional(),
      /** Which live secrets are read: none, or those whose check-live-every is over. */
      live: z.enum(['no', 'scheduled']).default('no'),
    }),
    answers: {
      200: {
        words: 'as holdfast status --json tells it',
        json: status,
      },
    },
  },
  compareLive: {
    method: 'post',
    path: '/v1/secrets/{name}/compare',
    group: 'Secrets',
    summary: 'Read a live secret, and compare it with its newest backup',
    roles: OPERATORS,
    params: z.object({ name: secretName }),
    answers: accepted,
  },
});
