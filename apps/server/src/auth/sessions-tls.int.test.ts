import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent, request } from 'undici';
import { makeAuthority, type Authority, type Certificate } from '../testing/certificates.ts';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

let authority: Authority;
let server: TestServer;
let alice: Agent;
let bob: Agent;
let nobody: Agent;

beforeAll(async () => {
  authority = await makeAuthority();
  const own = await authority.issue('server');
  server = await openTestServer({
    insecureLoopback: false,
    toml: `
[server.tls]
certificate = "${own.certificate}"
key = "${own.key}"
client-ca = "${authority.ca}"
[clients.alice]
subject = "alice"
role = "administrator"
[clients.bob]
subject = "bob"
role = "auditor"
`,
  });
  alice = await agentOf(await authority.issue('alice'));
  bob = await agentOf(await authority.issue('bob'));
  nobody = await agentOf(null);
});
afterAll(async () => {
  await Promise.all([alice, bob, nobody].map(async (agent) => await agent.close()));
  await server[Symbol.asyncDispose]();
});

async function agentOf(client: Certificate | null): Promise<Agent> {
  const ca = await readFile(authority.ca);
  const own = client && {
    cert: await readFile(client.certificate),
    key: await readFile(client.key),
  };
  return new Agent({ connect: { ca, ...own } });
}

interface Seen {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly setCookie: string;
}

async function call(
  agent: Agent,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  headers: Record<string, string> = {},
): Promise<Seen> {
  const url = `${server.url.replace('http:', 'https:')}${path}`;
  const answer = await request(url, { method, headers, dispatcher: agent });
  const text = await answer.body.text();
  const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: answer.statusCode, json, setCookie: String(answer.headers['set-cookie']) };
}

async function begin(agent: Agent): Promise<Record<string, string>> {
  const { status, json, setCookie } = await call(agent, 'POST', '/v1/session');
  expect(status).toBe(201);
  const [cookie = ''] = setCookie.split(';');
  return { cookie, 'x-csrf-token': String(json['csrf']) };
}

test('over TLS the cookie is for this host alone, and never leaves it in clear', async () => {
  const { setCookie } = await call(alice, 'POST', '/v1/session');
  expect(setCookie).toMatch(
    /^__Host-holdfast=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
  );
});

test('a cookie that plain HTTP would have is none over TLS', async () => {
  const { cookie = '', ...rest } = await begin(alice);
  const plain = { ...rest, cookie: cookie.replace('__Host-', '') };
  expect(await call(alice, 'GET', '/v1/me', plain)).toMatchObject({ status: 401 });
});

test('a session that a certificate began takes the same certificate', async () => {
  const session = await begin(alice);
  const me = await call(alice, 'GET', '/v1/me', session);
  expect(me.json).toMatchObject({ name: 'alice', role: 'administrator' });
  expect(await call(bob, 'GET', '/v1/me', session)).toMatchObject({ status: 401 });
  // Whoever has the cookie without what belongs to it has taken it from somebody.
  expect(await call(alice, 'GET', '/v1/me', session)).toMatchObject({ status: 401 });
  const next = await begin(alice);
  expect(await call(nobody, 'GET', '/v1/me', next)).toMatchObject({ status: 401 });
});

test('an access token begins one that goes on without a certificate', async () => {
  const { service } = server.server;
  const { createAccess } = await import('@holdfast/core');
  const run = service.runFor({ who: 'x', from: 'y' }, { signal: service.stopping });
  const { token } = await createAccess({ name: 'ci', role: 'operator' }, run);
  const begun = await call(nobody, 'POST', '/v1/session', { authorization: `Bearer ${token}` });
  const [cookie = ''] = begun.setCookie.split(';');
  const own = { cookie, origin: server.url.replace('http:', 'https:') };
  expect(await call(nobody, 'GET', '/v1/me', own)).toMatchObject({ json: { name: 'ci' } });
  const plain = await call(nobody, 'GET', '/v1/me', { cookie, origin: server.url });
  expect(plain.json).toMatchObject({ code: 'CSRF_REFUSED' });
  const out = await call(nobody, 'DELETE', '/v1/session', {
    ...own,
    'x-csrf-token': String(begun.json['csrf']),
  });
  expect(out.setCookie).toBe(
    '__Host-holdfast=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0',
  );
});

test('a page of another cannot use the certificate that a browser sends by itself', async () => {
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const { json } = await call(alice, 'POST', '/v1/session', headers);
    expect(json).toMatchObject({ status: 403, code: 'CSRF_REFUSED' });
  }
});
