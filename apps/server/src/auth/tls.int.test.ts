import { createHash, X509Certificate } from 'node:crypto';
import { copyFile, readFile, writeFile, chmod } from 'node:fs/promises';
import { connect } from 'node:tls';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority, type Authority, type Certificate } from '../testing/certificates.ts';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

let ours: Authority;
let server: TestServer;
let own: Certificate;

beforeAll(async () => {
  ours = await makeAuthority();
  own = await ours.issue('server');
  const bob = await ours.issue('bob');
  const fingerprint = createHash('sha256')
    .update(new X509Certificate(await readFile(bob.certificate)).raw)
    .digest('hex');
  server = await openTestServer({
    insecureLoopback: false,
    toml: `
[server.tls]
certificate = "${own.certificate}"
key = "${own.key}"
client-ca = "${ours.ca}"
[clients.alice]
subject = "alice"
role = "administrator"
[clients.robert]
fingerprint = "${fingerprint}"
role = "auditor"
`,
  });
  bobs = bob;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

let bobs: Certificate;

async function me(
  client: Certificate | null,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  const ca = await readFile(ours.ca);
  const agent = new Agent({
    connect: {
      ca,
      ...(client !== null && {
        cert: await readFile(client.certificate),
        key: await readFile(client.key),
      }),
    },
  });
  const url = `${server.url.replace('http:', 'https:')}/v1/me`;
  const { statusCode, body } = await request(url, { dispatcher: agent, headers });
  const json = (await body.json()) as Record<string, unknown>;
  await agent.close();
  return { status: statusCode, json };
}

test('a certificate says who it is, by its name or its fingerprint', async () => {
  expect(await me(await ours.issue('alice'))).toMatchObject({
    json: { name: 'alice', role: 'administrator' },
  });
  expect(await me(bobs)).toMatchObject({ json: { name: 'robert', role: 'auditor' } });
});

test('nobody is somebody without one, on this machine too', async () => {
  expect(await me(null)).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } });
});

test('a certificate of another authority is refused with an answer, whatever its name', async () => {
  const theirs = await makeAuthority();
  const alice = await theirs.issue('alice');
  expect(await me(alice)).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED' } });
});

test('one that nobody is named by is told what to add', async () => {
  const { status, json } = await me(await ours.issue('mallory'));
  expect({ status, json }).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
});

test('a token decides who it is, and a certificate beside it has to be valid all the same', async () => {
  const { service } = server.server;
  const { createAccess } = await import('@holdfast/core');
  const run = service.runFor({ who: 'x', from: 'y' }, { signal: service.stopping });
  const { token } = await createAccess({ name: 'ci', role: 'operator' }, run);
  const authorization = `Bearer ${token}`;
  expect(await me(null, { authorization })).toMatchObject({ json: { name: 'ci' } });
  expect(await me(bobs, { authorization })).toMatchObject({ json: { name: 'ci' } });
  const theirs = await (await makeAuthority()).issue('alice');
  expect(await me(theirs, { authorization })).toMatchObject({ status: 401 });
});

test('TLS 1.2 is not spoken', async () => {
  const { port } = new URL(server.url);
  const failed = await new Promise<boolean>((resolve) => {
    const socket = connect(
      { port: Number(port), host: '127.0.0.1', maxVersion: 'TLSv1.2', rejectUnauthorized: false },
      () => {
        socket.destroy();
        resolve(false);
      },
    );
    socket.once('error', () => {
      resolve(true);
    });
  });
  expect(failed).toBe(true);
});

test('a new certificate is taken up without a restart, and a bad one is not', async () => {
  const serial = async (): Promise<string> => {
    const { port } = new URL(server.url);
    return await new Promise((resolve, reject) => {
      const socket = connect(
        { port: Number(port), host: '127.0.0.1', rejectUnauthorized: false },
        () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        },
      );
      socket.once('error', reject);
    });
  };
  const before = await serial();
  const next = await ours.issue('server2');
  await copyFile(next.certificate, own.certificate);
  await copyFile(next.key, own.key);
  await server.server.reload();
  const after = await serial();
  expect(after).not.toBe(before);
  await writeFile(own.certificate, 'nonsense');
  await server.server.reload();
  expect(await serial()).toBe(after);
  expect(server.logged.some((line) => line.includes('TLS_INVALID'))).toBe(true);
});

test.each([
  ['without TLS, elsewhere', '0.0.0.0:0', false],
  ['without TLS, for everybody here', '127.0.0.1:0', false],
  ['insecurely, elsewhere', '0.0.0.0:0', true],
  ['at no address', 'nonsense', true],
])('nobody listens %s', async (_, listen, insecureLoopback) => {
  const { openServer } = await import('../serve.ts');
  const { service } = server.server;
  const { config, log } = service;
  const bare = { ...config, server: { ...config.server, tls: null } };
  const opening = async (): Promise<void> => {
    await using _ = await openServer({ config: bare, log, listen, insecureLoopback, env: {} });
  };
  await expect(opening()).rejects.toMatchObject({ code: 'LISTEN_REFUSED' });
});

test('a key that everybody may read is refused', async () => {
  const { readTls } = await import('../operations/tls.ts');
  const loose = await ours.issue('loose');
  await chmod(loose.key, 0o644);
  await expect(readTls({ ...loose, clientCa: null })).rejects.toMatchObject({
    code: 'TLS_INVALID',
  });
  const other = await ours.issue('other');
  const mixed = { certificate: loose.certificate, key: other.key, clientCa: null };
  await expect(readTls(mixed)).rejects.toMatchObject({ code: 'TLS_INVALID' });
});
