import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { request } from 'undici';
import { openBrowser } from '../testing/open-browser.ts';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

const MINUTE = 60_000;
const FORBIDDEN = { status: 403, code: 'CSRF_REFUSED' };
const OVER = { status: 401, code: 'UNAUTHENTICATED' };

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer();
});
afterEach(async () => {
  vi.useRealTimers();
  await server[Symbol.asyncDispose]();
});

async function bearer(more: object = {}): Promise<{ readonly authorization: string }> {
  const made = await server.call('POST', '/v1/access', { name: 'ci', role: 'operator', ...more });
  expect(made.status).toBe(201);
  return { authorization: `Bearer ${String(made.json['token'])}` };
}

async function audited(action: string): Promise<unknown[]> {
  const catalog = await server.server.service.catalog();
  return (await catalog.audit({ action: action as 'session.begin' })).rows.map(
    ({ event }) => event.detail,
  );
}

async function ended(why: string): Promise<void> {
  await vi.waitFor(async () => {
    expect(await audited('session.end')).toMatchObject([{ why }]);
  });
}

test('a cookie vouches for whoever logged in, with no more than they may', async () => {
  const browser = await openBrowser(server, await bearer());
  expect(browser.session).toMatchObject({ name: 'ci', role: 'operator', idle: 900 });
  expect((await browser.call('GET', '/v1/me')).json).toEqual({ name: 'ci', role: 'operator' });
  expect((await browser.call('GET', '/v1/session')).json).toEqual(browser.session);
  const access = await browser.call('POST', '/v1/access', { name: 'x', role: 'auditor' });
  expect(access.json).toMatchObject({ status: 403, code: 'FORBIDDEN' });
});

test('without TLS no script sees the cookie, and no other site sends it', async () => {
  const { setCookie } = await openBrowser(server);
  expect(setCookie).toMatch(/^holdfast=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
});

test('neither the cookie nor what goes with it is in a log, the audit log or a file', async () => {
  const browser = await openBrowser(server, await bearer());
  await browser.call('DELETE', '/v1/session');
  const audit = await server.call('GET', '/v1/audit/export');
  const all = [audit.text, ...server.logged].join('\n');
  expect(all).toContain('session.begin');
  expect(all).not.toContain(/=([\w-]{43})/.exec(browser.setCookie)?.[1]);
  expect(all).not.toContain(String(browser.session['csrf']));
});

test.each([
  ['is not there', undefined],
  ['is of nobody', 'x'.repeat(43)],
  ['is empty', ''],
])('nothing is done for a cookie whose X-CSRF-Token %s', async (_, token) => {
  const browser = await openBrowser(server);
  const body = { name: 'forged', role: 'administrator' };
  const forged = await browser.call('POST', '/v1/access', body, { 'x-csrf-token': token });
  expect(forged.json).toMatchObject(FORBIDDEN);
  const { json } = await server.call('GET', '/v1/access');
  expect(json).toEqual({ rows: [] });
});

test('looking takes no token, but not that of another session', async () => {
  const browser = await openBrowser(server, await bearer());
  const look = async (token: string | undefined) =>
    (await browser.call('GET', '/v1/me', undefined, { 'x-csrf-token': token })).json;
  expect(await look(undefined)).toMatchObject({ name: 'ci' });
  expect(await look('x'.repeat(43))).toMatchObject(OVER);
});

test.each([
  ['GET', { origin: 'https://evil.example' }],
  ['POST', { origin: 'https://evil.example' }],
  ['GET', { origin: 'http://127.0.0.1:1' }],
  ['GET', { origin: 'null' }],
  ['GET', { 'sec-fetch-site': 'cross-site' }],
  ['GET', { 'sec-fetch-site': 'same-site' }],
  ['PATCH', { 'sec-fetch-site': 'same-site' }],
])('%s for a page of another, by %j, is refused and ends nothing', async (method, headers) => {
  const browser = await openBrowser(server);
  const forged = await browser.call(method, '/v1/session', undefined, headers);
  expect(forged.json).toMatchObject(FORBIDDEN);
  const own = { origin: server.url, 'sec-fetch-site': 'same-origin' };
  expect((await browser.call('GET', '/v1/session', undefined, own)).status).toBe(200);
});

test('a cookie is for the host that it was begun at only', async () => {
  const { setCookie } = await openBrowser(server, await bearer());
  const [cookie = ''] = setCookie.split(';');
  const { port } = new URL(server.url);
  const seen = async (host: string): Promise<number> => {
    const { statusCode, body } = await request(`${server.url}/v1/me`, {
      headers: { cookie, host },
    });
    await body.dump();
    return statusCode;
  };
  expect(await seen(`127.0.0.1:${port}`)).toBe(200);
  expect(await seen(`evil.example:${port}`)).toBe(401);
  expect(await seen('evil.example')).toBe(401);
});

test('of two cookies one may be of somebody else, so none counts', async () => {
  const { setCookie } = await openBrowser(server, await bearer());
  const [cookie = ''] = setCookie.split(';');
  const two = { cookie: `${cookie}; a=b; holdfast=${'x'.repeat(43)}` };
  const { json } = await server.call('GET', '/v1/me', undefined, two);
  expect(json).toMatchObject({ name: 'loopback' });
});

test('who does nothing is logged out, however often their page asks', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const browser = await openBrowser(server, await bearer());
  const pass = async (minutes: number): Promise<void> => {
    vi.setSystemTime(Date.now() + minutes * MINUTE);
    await Promise.resolve();
  };
  for (let count = 0; count < 2; count += 1) {
    await pass(6);
    expect((await browser.call('GET', '/v1/session')).json).toEqual(browser.session);
    expect((await browser.call('GET', '/v1/me')).status).toBe(200);
  }
  await pass(4);
  expect((await browser.call('GET', '/v1/me')).json).toMatchObject(OVER);
  vi.useRealTimers();
  await ended('idle');
});

test('what somebody does keeps them logged in, and so does saying that they are there', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const browser = await openBrowser(server, await bearer());
  vi.setSystemTime(Date.now() + 10 * MINUTE);
  const kept = await browser.call('PATCH', '/v1/session');
  expect(kept.json['until']).toBe(new Date(Date.now() + 15 * MINUTE).toISOString());
  vi.setSystemTime(Date.now() + 10 * MINUTE);
  const envelopes = { envelopes: ['password'] };
  expect((await browser.call('POST', '/v1/advice/envelopes', envelopes)).status).toBe(200);
  // What fails does not.
  vi.setSystemTime(Date.now() + 10 * MINUTE);
  expect((await browser.call('POST', '/v1/advice/envelopes', {})).status).toBe(400);
  vi.setSystemTime(Date.now() + 6 * MINUTE);
  expect((await browser.call('GET', '/v1/me')).json).toMatchObject(OVER);
});

test('a token that is revoked ends its sessions within a second or so', async () => {
  const browser = await openBrowser(server, await bearer());
  expect((await browser.call('GET', '/v1/me')).status).toBe(200);
  await server.call('DELETE', '/v1/access/ci');
  await after(1200);
  const { json } = await browser.call('GET', '/v1/me');
  expect(json).toMatchObject(OVER);
  expect(json['remedy']).toContain('Log in again');
  await ended('proof');
});

test('a token that expires ends its sessions then', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const browser = await openBrowser(server, await bearer({ expiresIn: 300 }));
  expect(Date.parse(String(browser.session['ends'])) - Date.now()).toBeLessThanOrEqual(300_000);
  vi.setSystemTime(Date.now() + 301_000);
  expect((await browser.call('GET', '/v1/me')).json).toMatchObject(OVER);
});

test('who logs out is out, with whatever still listens', async () => {
  const browser = await openBrowser(server);
  const [cookie = ''] = browser.setCookie.split(';');
  const listening = await fetch(`${server.url}/v1/media/events`, { headers: { cookie } });
  const heard = listening.text();
  const { status, headers } = await browser.call('DELETE', '/v1/session');
  expect(status).toBe(204);
  expect(headers.get('set-cookie')).toBe('holdfast=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0');
  await heard;
  expect((await browser.call('GET', '/v1/me')).json).toMatchObject(OVER);
  expect(await audited('session.begin')).toMatchObject([{ by: 'loopback' }]);
  await ended('logout');
});

test('a page whose session is over is nobody, also on this machine, and closes no door', async () => {
  const browser = await openBrowser(server);
  await browser.call('DELETE', '/v1/session');
  for (let count = 0; count < 30; count += 1) {
    const method = count % 2 === 0 ? 'POST' : 'GET';
    expect((await browser.call(method, '/v1/session')).json).toMatchObject(OVER);
  }
  expect(await audited('login.fail')).toEqual([]);
  // A cookie that is of nobody is no login, and keeps nobody from one.
  const { cookie } = { cookie: `holdfast=${'x'.repeat(43)}` };
  const { json } = await server.call('GET', '/v1/me', undefined, { cookie });
  expect(json).toMatchObject({ name: 'loopback' });
});

test.each(['GET', 'PATCH', 'DELETE'])('%s of a session takes its cookie', async (method) => {
  for (const headers of [await bearer(), {}]) {
    const { json } = await server.call(method, '/v1/session', undefined, headers);
    expect(json).toMatchObject(OVER);
  }
});

test('a bearer token says who it is, whatever the cookie says', async () => {
  const browser = await openBrowser(server);
  const { json } = await browser.call('GET', '/v1/me', undefined, await bearer());
  expect(json).toMatchObject({ name: 'ci' });
});
