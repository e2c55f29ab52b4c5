import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSoftHsm, type SoftHsm } from '@holdfast/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

const PIN = '271828';
const SECRET = 'what a token holds';

let hsm: SoftHsm;
let server: TestServer;

beforeAll(async () => {
  hsm = await openSoftHsm();
  const token = await hsm.addToken('backup', PIN);
  await hsm.addKey(token, { label: 'kek', id: '01', kind: 'p256' });
  // Module processes inherit it, whenever they start.
  process.env['SOFTHSM2_CONF'] = hsm.environment.SOFTHSM2_CONF;
  server = await openTestServer({
    toml: `
[[modules]]
path = "${hsm.module}"
[folders.nas]
path = "$DIR/nas"
[secrets.app]
source = "$DIR/live.json"
[targets.app]
file = "$DIR/app.json"
`,
  });
  await writeFile(join(server.folder, 'live.json'), SECRET);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  delete process.env['SOFTHSM2_CONF'];
  await hsm[Symbol.asyncDispose]();
});

const URI = 'pkcs11:token=backup;object=kek';

async function enroll(): Promise<unknown> {
  const asked = await server.call('PUT', '/v1/tokens/backup-hsm', { uri: URI, replace: true });
  return await server.ended(asked);
}

async function handOver(pin: string, more: object = {}) {
  return await server.call('PUT', '/v1/pins', { token: 'pkcs11:token=backup', pin, ...more });
}

test('without a PIN nothing is enrolled, and none is asked for', async () => {
  const listed = await server.call('GET', '/v1/tokens');
  expect(listed.json['modules']).toMatchObject([
    { tokens: expect.arrayContaining([expect.objectContaining({ label: 'backup' })]) },
  ]);
  expect(await enroll()).toMatchObject({ state: 'failed', failure: { code: 'PIN_NEEDED' } });
});

test('a PIN that was handed over proves a key, and its token is listed with it', async () => {
  expect((await handOver(PIN)).json).toMatchObject({ label: 'backup' });
  expect(await enroll()).toMatchObject({ state: 'finished' });
  const { json } = await server.call('GET', '/v1/tokens');
  expect(json['enrolled']).toMatchObject([{ alias: 'backup-hsm', pin: expect.any(String) }]);
  const tested = await server.call('POST', '/v1/tokens/backup-hsm/test');
  expect(await server.ended(tested)).toMatchObject({ state: 'finished' });
});

test('a backup for the token is made, and restored with the PIN that is kept', async () => {
  const body = {
    ...{ secret: 'app', to: ['folder:nas'], envelopes: ['token(backup-hsm)'] },
    allowSinglePointOfFailure: true,
  };
  const made = await server.ended(await server.call('POST', '/v1/backups', body));
  expect(made).toMatchObject({ state: 'finished' });
  const asked = { backup: made.backup, to: { target: 'app' }, token: 'backup-hsm' };
  const restored = await server.ended(await server.call('POST', '/v1/restores', asked));
  expect(restored).toMatchObject({ state: 'finished' });
  expect(await readFile(join(server.folder, 'app.json'), 'utf8')).toBe(SECRET);
});

test('a PIN is forgotten when it is taken back', async () => {
  await handOver(PIN, { idle: 600 });
  const at = '/v1/pins?token=backup-hsm';
  expect((await server.call('DELETE', at)).status).toBe(204);
  const { json } = await server.call('GET', '/v1/tokens');
  expect(json['enrolled']).toMatchObject([{ pin: null }]);
});

test('what names no token that is here is refused, and its PIN is not kept', async () => {
  const away = await server.call('PUT', '/v1/pins', { token: 'pkcs11:token=none', pin: PIN });
  expect(away.json).toMatchObject({ status: 409, code: 'TOKEN_NOT_FOUND' });
  const url = await server.call('PUT', '/v1/tokens/x', { uri: 'pkcs11:token=a?pin-value=4711' });
  expect(url.json).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  const sealing = {
    secret: 'app',
    to: ['folder:nas'],
    envelopes: ['token(pkcs11:token=a?pin-value=4711)'],
  };
  const sealed = await server.call('POST', '/v1/backups', sealing);
  expect(sealed.json).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  expect((await server.call('GET', '/v1/jobs')).text).not.toContain('4711');
  expect(server.server.service.pins.kept).toEqual([]);
});

test('no PIN is in any answer, log or entry', async () => {
  const audit = await server.call('GET', '/v1/audit/export');
  const jobs = await server.call('GET', '/v1/jobs');
  for (const text of [audit.text, jobs.text, ...server.logged]) expect(text).not.toContain(PIN);
  expect(audit.text).toContain('token.pin');
});
