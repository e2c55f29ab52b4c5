import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';
import { deliver, lookAtStatus } from '../webhooks/outbox.ts';
import { beginDue } from './scheduler.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS1ob29r';

let server: TestServer;
const heard: { type: string; data: Record<string, unknown> }[] = [];
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    heard.push(
      new Webhook(SECRET).verify(body, request.headers as Record<string, string>) as never,
    );
    response.end();
  });
});

beforeAll(async () => {
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const { port } = receiver.address() as AddressInfo;
  server = await openTestServer({
    toml: `
[folders.nas]
path = "$DIR/nas"
[secrets.app]
source = "$DIR/live.json"
policy = "drilled"
[policies.drilled]
envelopes = ["recipient(${RECIPIENT})"]
drill-every = "1d"
[webhooks.chat]
url = "http://127.0.0.1:${String(port)}/hook"
secret-file = "$DIR/hook.secret"
`,
  });
  await writeFile(join(server.folder, 'live.json'), 'live');
  await writeFile(join(server.folder, 'hook.secret'), SECRET);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  receiver.closeAllConnections();
  receiver.close();
});

async function put(name: string, body: object) {
  return await server.call('PUT', `/v1/schedules/${name}`, body);
}

/** As if so many minutes had passed. */
async function later(minutes: number): Promise<void> {
  await beginDue(server.server.service, new Date(Date.now() + minutes * 60_000));
}

async function runsOf(name: string) {
  const { json } = await server.call('GET', `/v1/schedules/${name}`);
  return json['runs'] as { state: string; job: string | null; why: string | null }[];
}

test('a schedule is made, shown with its next time, changed and removed', async () => {
  const body = { what: 'drill-reminder', request: {}, cron: '0 6 * * 1', zone: 'Europe/Vienna' };
  const made = await put('monday', body);
  expect(made.json).toMatchObject({ name: 'monday', zone: 'Europe/Vienna', enabled: true });
  expect(Date.parse(String(made.json['next']))).toBeGreaterThan(Date.now());
  const changed = await put('monday', { ...body, enabled: false });
  expect(changed.json).toMatchObject({ enabled: false, next: null });
  expect((await server.call('DELETE', '/v1/schedules/monday')).status).toBe(204);
  expect((await server.call('GET', '/v1/schedules/monday')).json).toMatchObject({
    code: 'SCHEDULE_NOT_FOUND',
  });
});

test.each([
  [{ what: 'backup', request: { secret: 'app', to: ['folder:nas'] }, cron: 'daily' }, 400],
  [{ what: 'verify', request: { secret: 'app' }, cron: '0 0 31 2 *' }, 422],
  [{ what: 'verify', request: { secret: 'app' }, cron: '0 0 * * *', zone: 'Mars/Base' }, 422],
  [{ what: 'restore', request: {}, cron: '0 0 * * *' }, 400],
  [{ what: 'backup', request: { secret: 'app', to: ['/etc'] }, cron: '0 0 * * *' }, 400],
  [
    {
      what: 'backup',
      request: { secret: 'app', to: ['folder:nas'], envelopes: ['password'] },
      cron: '0 0 * * *',
    },
    422,
  ],
])('%j is refused with %i', async (body, status) => {
  expect((await put('bad', body)).status).toBe(status);
});

test('what is due is done once, in the name of whoever asked, and its copies are verified by schedule', async () => {
  await put('minutely', {
    ...{ what: 'backup', request: { secret: 'app', to: ['folder:nas'] }, cron: '* * * * *' },
  });
  await later(1);
  await later(1);
  const [run, ...others] = await runsOf('minutely');
  expect(others).toEqual([]);
  expect(run).toMatchObject({ state: 'begun' });
  const job = await server.ended({ json: { id: run?.job } } as never);
  expect(job).toMatchObject({ state: 'finished', who: 'loopback (schedule minutely)' });
  await put('check', { what: 'verify', request: { secret: 'app' }, cron: '* * * * *' });
  await later(1);
  const [verified] = await runsOf('check');
  expect(await server.ended({ json: { id: verified?.job } } as never)).toMatchObject({
    ...{ kind: 'verify', state: 'finished' },
  });
  await server.call('DELETE', '/v1/schedules/check');
});

test('times that passed while nobody looked are noticed, and one run makes up for them', async () => {
  await later(30);
  const runs = await runsOf('minutely');
  expect(runs[0]).toMatchObject({ state: 'begun' });
  expect(runs[0]?.why).toMatch(/times that passed/);
  expect(runs.filter(({ state }) => state === 'missed').length).toBeGreaterThan(5);
  const catalog = await server.server.service.catalog();
  const { rows } = await catalog.audit({ action: 'schedule.miss' });
  expect(rows).toHaveLength(1);
  await server.call('DELETE', '/v1/schedules/minutely');
});

test('webhooks hear of jobs that ended, of drills that are due, and once of a status that is red', async () => {
  await put('drills', { what: 'drill-reminder', request: { ahead: 30 }, cron: '* * * * *' });
  await later(1);
  const [run] = await runsOf('drills');
  await server.ended({ json: { id: run?.job } } as never);
  const failing = await server.call('POST', '/v1/backups', { secret: 'none', to: ['folder:nas'] });
  await server.ended(failing);
  const { service } = server.server;
  const never = new AbortController().signal;
  await lookAtStatus(service, new Date());
  await after(200);
  for (let count = 0; count < 5; count += 1) await deliver(service, never);
  const types = heard.map(({ type }) => type);
  expect(types).toContain('job.finished');
  expect(types).toContain('job.failed');
  expect(types).toContain('drill.due');
  const hooks = await server.call('GET', '/v1/webhooks');
  expect(hooks.json).toMatchObject({ rows: [{ name: 'chat' }] });
  expect(hooks.text).not.toContain('/hook');
});
