import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig, type Config } from './config.ts';

async function write(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'holdfast-config-')), 'config.toml');
  await writeFile(path, text);
  return path;
}

async function load(text: string): Promise<Config & { readonly folder: string }> {
  const path = await write(text);
  return { ...(await loadConfig({ path, env: {} })), folder: dirname(path) };
}

test('without settings the service listens nowhere, trusts nobody and has its limits', async () => {
  expect((await load('')).server).toEqual({
    ...{ listen: null, tls: null, oidc: null },
    ...{ maxJobs: 4, maxWaiting: 100, fourEyes: [], clients: {}, webhooks: {} },
    ...{ approveWithin: 900_000, pinIdle: 900_000, sessionIdle: 900_000 },
  });
});

test('paths of the service are taken from the folder of the file', async () => {
  const { folder, server, folders, targets } = await load(`
[server.tls]
certificate = "tls/server.pem"
key = "tls/server.key"
[folders.nas]
path = "nas"
[targets.a]
file = "a.json"
[targets.b]
folder = "b"
[webhooks.chat]
url = "http://127.0.0.1:9/x"
secret-file = "chat.secret"
`);
  expect(server.tls).toEqual({
    certificate: join(folder, 'tls/server.pem'),
    key: join(folder, 'tls/server.key'),
    clientCa: null,
  });
  expect(folders).toEqual({ nas: join(folder, 'nas') });
  expect(targets).toEqual({
    a: { kind: 'file', path: join(folder, 'a.json') },
    b: { kind: 'folder', path: join(folder, 'b') },
  });
  expect(server.webhooks['chat']).toEqual({
    url: 'http://127.0.0.1:9/x',
    secretFile: join(folder, 'chat.secret'),
    events: ['job.finished', 'job.failed', 'status.red', 'drill.due'],
  });
});

test('who is in groups of two roles has the greater one', async () => {
  const { server } = await load(`
[server.oidc]
issuer = "https://login.example.org"
audience = "holdfast"
administrators = ["ops"]
auditors = ["ops", "security"]
`);
  expect(server.oidc).toEqual({
    ...{ issuer: 'https://login.example.org', audience: 'holdfast', roleClaim: 'groups' },
    roles: { ops: 'administrator', security: 'auditor' },
  });
});

test('a fingerprint may be written with colons and capitals', async () => {
  const written = 'AB:'.repeat(31) + 'AB';
  const { server } = await load(`[clients.alice]\nfingerprint = "${written}"\nrole = "auditor"\n`);
  expect(server.clients).toEqual({
    alice: { fingerprint: 'ab'.repeat(32), subject: null, role: 'auditor' },
  });
});

test.each([
  ['[server]\nlisten = "8443"', ':2:10: server.listen takes'],
  ['[server]\nlisten = "localhost:70000"', ':2:10: server.listen takes'],
  ['[server]\nmax-jobs = 0', ':2:12: server.max-jobs takes'],
  ['[server]\nfour-eyes = ["backup"]', ':2:13: server.four-eyes takes'],
  ['[server]\npin-idle = "5m"', ':2:12: server.pin-idle takes'],
  ['[server]\nsession-idle = "5m"', ':2:16: server.session-idle takes'],
  ['[server]\nsession-idle = "59s"', ':2:16: server.session-idle takes'],
  ['[server.tls]\nkey = "k"', ':2:7: server.tls.certificate and server.tls.key belong together'],
  ['[server.tls]\nclient-ca = "c"', ':2:13: server.tls.client-ca takes'],
  ['[server.oidc]\nissuer = "http://login.example.org"', ':2:10: server.oidc.issuer takes'],
  ['[server.oidc]\nissuer = "https://a:b@x"', ':2:10: server.oidc.issuer takes'],
  ['[server.oidc]\naudience = "x"', ':2:12: server.oidc.issuer and server.oidc.audience belong'],
  ['[clients.alice]\nsubject = "alice"', ':2:1: the client alice has no role'],
  ['[clients.alice]\nrole = "auditor"', ':2:1: the client alice takes either'],
  ['[clients.alice]\nrole = "root"', ':2:8: clients.alice.role takes'],
  ['[clients.alice]\nfingerprint = "ab"', ':2:15: clients.alice.fingerprint takes'],
  ['[folders."../x"]\npath = "a"', ':2:1: the name of a folder takes'],
  ['[folders.nas]', ':1:2: the folder nas has no path'],
  ['[targets.a]', ':1:2: the target a takes one of'],
  ['[targets.a]\nfile = "a"\nstore = "b"', ':2:1: the target a takes one of'],
  ['[webhooks.a]\nurl = "https://x"', ':2:1: the webhook a takes'],
  ['[webhooks.a]\nevents = ["all"]', ':2:10: webhooks.a.events takes'],
])('%j is refused at its place', async (text, expected) => {
  const path = await write(text);
  const refused = expect(loadConfig({ path, env: {} })).rejects;
  await refused.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(loadConfig({ path, env: {} })).rejects.toThrow(`${path}${expected}`);
});
