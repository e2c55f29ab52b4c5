import { randomUUID } from 'node:crypto';
import { ROUTES, type Role, type Route, type RouteId } from '@holdfast/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

const ADMINISTRATOR = 'A--';
const OPERATOR = 'AO-';
const EVERYBODY = 'AOU';

/** Who may use each route: administrator, operator, aUditor; and `c` for whoever has the session’s invitation. */
const MAY: Readonly<Record<RouteId, string>> = {
  getStatus: EVERYBODY,
  compareLive: OPERATOR,
  listSecrets: EVERYBODY,
  showSecret: EVERYBODY,
  generateSecret: ADMINISTRATOR,
  rotateSecret: ADMINISTRATOR,
  importSecret: ADMINISTRATOR,
  listBackups: EVERYBODY,
  createBackup: OPERATOR,
  listCopies: EVERYBODY,
  showBackup: EVERYBODY,
  fetchBackup: OPERATOR,
  verifyBackup: OPERATOR,
  createRestore: ADMINISTRATOR,
  changeEnvelopes: ADMINISTRATOR,
  listDrills: EVERYBODY,
  showDrill: EVERYBODY,
  createDrill: OPERATOR,
  listQuorums: EVERYBODY,
  beginQuorum: ADMINISTRATOR,
  showQuorum: 'AOUc',
  addShare: 'AO-c',
  fetchShares: ADMINISTRATOR,
  endQuorum: ADMINISTRATOR,
  listMedia: EVERYBODY,
  watchMedia: EVERYBODY,
  describeMedium: OPERATOR,
  forgetMedium: ADMINISTRATOR,
  ejectMedium: OPERATOR,
  listTokens: EVERYBODY,
  enrollToken: ADMINISTRATOR,
  testToken: OPERATOR,
  forgetToken: ADMINISTRATOR,
  handPin: OPERATOR,
  takePin: OPERATOR,
  listCustodians: EVERYBODY,
  addCustodian: ADMINISTRATOR,
  changeCustodian: ADMINISTRATOR,
  removeCustodian: ADMINISTRATOR,
  listPolicies: EVERYBODY,
  checkPolicies: EVERYBODY,
  listAudit: EVERYBODY,
  verifyAudit: EVERYBODY,
  exportAudit: EVERYBODY,
  listJobs: EVERYBODY,
  showJob: EVERYBODY,
  followJob: EVERYBODY,
  cancelJob: OPERATOR,
  approveJob: ADMINISTRATOR,
  rejectJob: ADMINISTRATOR,
  fetchJobFile: OPERATOR,
  listSchedules: EVERYBODY,
  showSchedule: EVERYBODY,
  putSchedule: ADMINISTRATOR,
  removeSchedule: ADMINISTRATOR,
  listWebhooks: EVERYBODY,
  whoAmI: 'AOUc',
  listAccess: EVERYBODY,
  createAccess: ADMINISTRATOR,
  revokeAccess: ADMINISTRATOR,
  beginSession: EVERYBODY,
  showSession: EVERYBODY,
  keepSession: EVERYBODY,
  endSession: EVERYBODY,
  showSettings: EVERYBODY,
  assessPassword: OPERATOR,
  assessEnvelopes: EVERYBODY,
};

const LETTERS: Readonly<Record<Role, string>> = {
  administrator: 'A',
  operator: 'O',
  auditor: 'U',
  custodian: 'c',
};
const ROLES = Object.keys(LETTERS) as Role[];

let server: TestServer;
let session = '';
const bearers = new Map<Role, string>();

beforeAll(async () => {
  server = await openTestServer();
  for (const role of ['administrator', 'operator', 'auditor'] as const) {
    const made = await server.call('POST', '/v1/access', { name: role, role });
    expect(made.status).toBe(201);
    bearers.set(role, String(made.json['token']));
  }
  const { sessions } = server.server.service;
  const begun = sessions.begin({
    ...{ backup: randomUUID(), secret: null, quorums: [], within: 60 },
    purpose: { kind: 'restore', target: 'app' },
    by: { id: 'x', name: 'x', role: 'administrator' },
  });
  session = begun.id;
  bearers.set('custodian', begun.invitation);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** A path that no request gets through: what is looked at is only who is let in. */
function pathOf({ path }: Route): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'id' ? session : 'none'));
}

async function statusFor(route: Route, authorization: string | null): Promise<number> {
  const answer = await fetch(`${server.url}${pathOf(route)}?no-such-parameter=1`, {
    method: route.method.toUpperCase(),
    headers:
      authorization === null
        ? { host: 'localhost', origin: 'http://elsewhere' }
        : { authorization },
  });
  await answer.body?.cancel();
  return answer.status;
}

describe.each(Object.entries<Route>(ROUTES))('%s', (id, route) => {
  test.each(ROLES)('for the role %s', async (role) => {
    const may = MAY[id as RouteId].includes(LETTERS[role]);
    const status = await statusFor(route, `Bearer ${String(bearers.get(role))}`);
    // Who is let in is refused for the parameter, or for the body that is not there.
    if (may) expect([400, 415]).toContain(status);
    else expect(status).toBe(403);
  });

  test('for nobody', async () => {
    expect(await statusFor(route, null)).toBe(401);
  });
});

test('an invitation is for its own session only', async () => {
  const authorization = `Bearer ${String(bearers.get('custodian'))}`;
  const other = await server.call('GET', `/v1/quorum-sessions/${randomUUID()}`, undefined, {
    authorization,
  });
  expect(other.json).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  const own = await server.call('GET', `/v1/quorum-sessions/${session}`, undefined, {
    authorization,
  });
  expect(own.status).toBe(200);
});
