import { setTimeout as after } from 'node:timers/promises';
import { createAccess } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

async function make(more: object = {}): Promise<string> {
  const made = await server.call('POST', '/v1/access', { name: 'ci', role: 'operator', ...more });
  expect(made.status).toBe(201);
  return String(made.json['token']);
}

async function me(token: string): Promise<{ status: number; code: unknown; name: unknown }> {
  const { status, json } = await server.call('GET', '/v1/me', undefined, {
    authorization: `Bearer ${token}`,
  });
  return { status, code: json['code'], name: json['name'] };
}

test('a token says who it is, and is shown once', async () => {
  const token = await make();
  expect(await me(token)).toMatchObject({ status: 200, name: 'ci' });
  const listed = await server.call('GET', '/v1/access');
  expect(listed.json).toMatchObject({ rows: [{ name: 'ci', role: 'operator', removedAt: null }] });
  const audit = await server.call('GET', '/v1/audit/export');
  const all = [listed.text, audit.text, ...server.logged].join('\n');
  expect(all).not.toContain(token);
});

test('a revoked token is refused within a second or so, without a restart', async () => {
  const token = await make();
  expect(await me(token)).toMatchObject({ status: 200 });
  await server.call('DELETE', '/v1/access/ci');
  await after(1200);
  expect(await me(token)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  expect((await server.call('DELETE', '/v1/access/ci')).json).toMatchObject({
    ...{ status: 404, code: 'ACCESS_NOT_FOUND' },
  });
  expect(await me(await make())).toMatchObject({ status: 200 });
});

test('a token from another place, and one that was mistyped, are refused', async () => {
  const token = await make({ sources: ['10.0.0.0/8', '2001:db8::/32'] });
  expect(await me(token)).toMatchObject({ status: 401 });
  const near = await server.call('POST', '/v1/access', {
    ...{ name: 'near', role: 'auditor', sources: ['127.0.0.0/8'] },
  });
  const good = String(near.json['token']);
  expect(await me(good)).toMatchObject({ status: 200 });
  const mistyped = `${good.slice(0, -1)}${good.endsWith('x') ? 'y' : 'x'}`;
  expect(await me(mistyped)).toMatchObject({ status: 401 });
  expect(await me('hf_short')).toMatchObject({ status: 401 });
});

test('a token whose time is over is refused', async () => {
  const { service } = server.server;
  const run = service.runFor({ who: 'x', from: 'y' }, { signal: service.stopping });
  const anHourAgo = Date.now() - 3_600_000;
  const request = { name: 'late', role: 'operator', expiresIn: 60_000 } as const;
  const { token } = await createAccess(request, run, anHourAgo);
  expect(await me(token)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
});

test('what a header says of where a request comes from is not believed', async () => {
  const authorization = `Bearer ${await make({ sources: ['10.0.0.0/8'] })}`;
  const statuses = [];
  for (let host = 0; host < 12; host += 1) {
    const address = `10.0.0.${String(host)}`;
    const forwarded = { 'x-forwarded-for': address, forwarded: `for=${address}` };
    const headers = { ...forwarded, 'x-real-ip': address, authorization };
    statuses.push((await server.call('GET', '/v1/me', undefined, headers)).status);
  }
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
  expect(statuses.at(-1)).toBe(429);
});

test.each([
  [{ name: 'Big Name', role: 'operator' }, 400],
  [{ name: 'x', role: 'root' }, 400],
  [{ name: 'x', role: 'operator', sources: ['everywhere'] }, 422],
  [{ name: 'x', role: 'operator', sources: ['10.0.0.0/33'] }, 422],
  [{ name: 'x', role: 'operator', expiresIn: 5 }, 400],
])('%j is refused with %i', async (body, status) => {
  expect((await server.call('POST', '/v1/access', body)).status).toBe(status);
});

test('who fails too often waits, and the audit log has one line of it', async () => {
  const statuses = [];
  for (let count = 0; count < 15; count += 1) statuses.push((await me('hf_wrong')).status);
  expect(statuses[0]).toBe(401);
  const last = await server.call('GET', '/v1/me', undefined, { authorization: 'Bearer hf_wrong' });
  expect(last.json).toMatchObject({ status: 429, code: 'TOO_MANY_FAILURES' });
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  const catalog = await server.server.service.catalog();
  const { rows } = await catalog.audit({ action: 'login.fail' });
  expect(rows).toHaveLength(1);
  expect(rows[0]?.actor).toMatchObject({ who: 'somebody unknown', from: 'http from 127.0.0.1' });
});

test('a page elsewhere cannot use the loopback: not by its origin, not by a name of its own', async () => {
  const call = async (headers: Record<string, string>): Promise<number> =>
    (await server.call('GET', '/v1/me', undefined, headers)).status;
  expect(await call({ origin: 'https://evil.example' })).toBe(401);
  const { port } = new URL(server.url);
  const rebound = await rawStatus(
    `GET /v1/me HTTP/1.1\r\nHost: evil.example:${port}\r\n\r\n`,
    port,
  );
  expect(rebound).toBe(401);
});

async function rawStatus(request: string, port: string): Promise<number> {
  const { connect } = await import('node:net');
  return await new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
    socket.once('data', (data) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString())?.[1]));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
