import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Agent, request } from 'undici';
import { expect, test } from 'vitest';
import { makeAuthority } from '../testing/certificates.ts';
import { openTestServer } from '../testing/open-test-server.ts';

const CONFIGURED = `
[backup]
envelopes = ["token(hsm)"]
[tokens]
hsm = "pkcs11:token=lab;serial=42"
[folders.nas]
path = "$DIR/nas"
[targets.app]
file = "$DIR/app.json"
[targets.run]
command = "mark-of-a-command --now"
[targets.own]
store = "sso"
[server]
four-eyes = ["restore"]
session-idle = "90s"
[clients.alice]
subject = "alice"
role = "auditor"
`;

test('settings are names, kinds and times', async () => {
  await using server = await openTestServer({ toml: CONFIGURED });
  const { json } = await server.call('GET', '/v1/settings');
  expect(json).toEqual({
    ...{ version: expect.any(String) as string, server: server.server.service.id },
    host: hostname(),
    folders: ['nas'],
    targets: [
      { name: 'app', kind: 'file' },
      { name: 'run', kind: 'command' },
      { name: 'own', kind: 'store' },
    ],
    ...{ tokens: ['hsm'], envelopes: ['token(hsm)'], fourEyes: ['restore'] },
    ...{ approveWithin: 900, pinIdle: 900, sessionIdle: 90 },
    certificate: null,
    clients: [{ name: 'alice', role: 'auditor', fingerprint: null, subject: 'alice' }],
    issuer: null,
  });
});

test('they name no path, command or address of the machine', async () => {
  await using server = await openTestServer({ toml: CONFIGURED });
  const { text } = await server.call('GET', '/v1/settings');
  expect(text).not.toMatch(/mark-of-a-command|pkcs11:|\/tmp|\.json/);
  expect(text).not.toContain(server.folder);
});

test('the certificate of the server is told as it is in its file', async () => {
  const authority = await makeAuthority();
  const { certificate, key } = await authority.issue('server');
  const { certificate: own, key: ownKey } = await authority.issue('alice');
  await using server = await openTestServer({
    insecureLoopback: false,
    toml: `
[server.tls]
certificate = "${certificate}"
key = "${key}"
client-ca = "${authority.ca}"
[clients.alice]
subject = "alice"
role = "auditor"
`,
  });
  const connect = {
    ca: await readFile(authority.ca),
    cert: await readFile(own),
    key: await readFile(ownKey),
  };
  const dispatcher = new Agent({ connect });
  const { body } = await request(`${server.url.replace('http:', 'https:')}/v1/settings`, {
    dispatcher,
  });
  const found = new X509Certificate(await readFile(certificate));
  expect(await body.json()).toMatchObject({
    certificate: {
      ...{ subject: 'CN=server', issuer: 'CN=test authority' },
      validTo: new Date(found.validTo).toISOString(),
      fingerprint: found.fingerprint256.replaceAll(':', '').toLowerCase(),
    },
  });
  await dispatcher.close();
});
