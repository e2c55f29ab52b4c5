import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestServer, type TestServer } from './testing/open-test-server.ts';

const run = promisify(execFile);

const SECRET = 'the one secret that nothing works without';
const PASSWORD = 'correct horse battery staple 9';
const TOML = `
[folders.nas]
path = "$DIR/nas"
[folders.other]
path = "$DIR/other"
[folders.lost]
path = "$DIR/lost"
[targets.app]
file = "$DIR/app.json"
[targets.vault]
command = "cat > $DIR/vault.out"
[targets.sso]
store = "restored"
[secrets.app]
source = "$DIR/live.json"
[policies.two]
envelopes = ["password"]
copies = 2
independent-recovery = false
`;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ toml: TOML });
  await writeFile(join(server.folder, 'live.json'), SECRET);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function backUp(more: object = {}): Promise<string> {
  const body = { secret: 'app', to: ['folder:nas', 'folder:other'], password: PASSWORD, ...more };
  const job = await server.ended(await server.call('POST', '/v1/backups', body));
  expect(job).toMatchObject({ state: 'finished', failure: null });
  return String(job.backup);
}

describe('backups', () => {
  test('a secret of the configuration is backed up to two folders, and both copies are known', async () => {
    const id = await backUp();
    const shown = await server.call('GET', `/v1/backups/${id}`);
    expect(shown.json).toMatchObject({
      backup: { id, secret: 'app', envelopes: [{ index: 1, factors: 'password' }] },
    });
    expect(shown.json['copies']).toHaveLength(2);
    const listed = await server.call('GET', '/v1/backups?secret=app&limit=1');
    expect(listed.json).toMatchObject({ rows: [{ id }] });
  });

  test('the file that is fetched opens with stock tools', async () => {
    const folder = server.folder;
    await run('age-keygen', ['-o', join(folder, 'key.txt')]);
    const { stdout: recipient } = await run('age-keygen', ['-y', join(folder, 'key.txt')]);
    const id = await backUp({ envelopes: [`recipient(${recipient.trim()})`], password: undefined });
    const fetched = await server.call('GET', `/v1/backups/${id}/file`);
    expect(fetched.status).toBe(200);
    expect(fetched.headers.get('content-type')).toBe('application/x-tar');
    await writeFile(join(folder, 'fetched.tar'), Buffer.from(fetched.text, 'latin1'));
    const script = `tar xf fetched.tar && age -d -i key.txt envelopes/1.age > id.txt && age -d -i id.txt secret.age`;
    const { stdout } = await run('sh', ['-c', script], { cwd: folder });
    expect(stdout).toBe(SECRET);
    const audit = await server.call('GET', '/v1/audit?action=backup.fetch');
    expect(audit.json).toMatchObject({ rows: [{ event: { backup: id } }] });
  });

  test('a copy is verified without and with its password, and a wrong one is told', async () => {
    const id = await backUp();
    const verify = async (body: object) =>
      await server.ended(await server.call('POST', `/v1/backups/${id}/verify`, body));
    expect(await verify({})).toMatchObject({ state: 'finished', result: { checked: 'structure' } });
    const everything = { with: 'everything', password: PASSWORD };
    expect(await verify(everything)).toMatchObject({
      state: 'finished',
      result: { checked: 'everything', opened: [1] },
    });
    expect(await verify({ with: 'everything', password: 'wrong' })).toMatchObject({
      state: 'failed',
      failure: { code: 'WRONG_PASSWORD' },
    });
  });

  test('a folder that is not there fails its copy, and the other one stands', async () => {
    const body = { secret: 'app', to: ['folder:nas', 'folder:lost'], password: PASSWORD };
    const asked = await server.call('POST', '/v1/backups', body);
    // Nobody has that folder: it waits, and can be called off.
    expect(asked.json).toMatchObject({ state: 'queued' });
    const id = String(asked.json['id']);
    expect((await server.call('POST', `/v1/jobs/${id}/cancel`)).status).toBe(202);
    expect(await server.ended(asked)).toMatchObject({ state: 'cancelled' });
  });

  test.each([
    [{ secret: 'app', to: ['/etc'] }, 400, 'REQUEST_INVALID'],
    [{ secret: 'app', to: ['folder:../etc'] }, 400, 'REQUEST_INVALID'],
    [{ secret: 'app', to: [] }, 400, 'REQUEST_INVALID'],
    [{ secret: 'app', to: ['folder:none'] }, 422, 'FOLDER_UNKNOWN'],
    [{ secret: 'app', to: ['folder:nas'], envelopes: ['nonsense'] }, 422, 'ENVELOPE_INVALID'],
    [{ secret: 'app', to: ['folder:nas'], policy: 'none' }, 422, 'POLICY_UNKNOWN'],
    [{ secret: 'app', to: ['folder:nas'], more: 1 }, 400, 'REQUEST_INVALID'],
  ])('%j is refused with %i', async (body, status, code) => {
    const answer = await server.call('POST', '/v1/backups', body);
    expect(answer.json).toMatchObject({ status, code });
  });

  test('a secret that nobody knows, and a password that is missing, fail the job with their codes', async () => {
    const to = ['folder:nas'];
    const unknown = await server.call('POST', '/v1/backups', { secret: 'none', to, password: 'x' });
    expect(await server.ended(unknown)).toMatchObject({ failure: { code: 'SOURCE_NOT_FOUND' } });
    const without = await server.call('POST', '/v1/backups', { secret: 'app', to });
    expect(await server.ended(without)).toMatchObject({ failure: { code: 'PASSWORD_NEEDED' } });
    const weak = await server.call('POST', '/v1/backups', { secret: 'app', to, password: 'abc' });
    expect(await server.ended(weak)).toMatchObject({ failure: { code: 'PASSWORD_WEAK' } });
  });

  test('the same key and request make one backup, another request with it is refused', async () => {
    const headers = { 'idempotency-key': 'nightly-1' };
    const body = { secret: 'app', to: ['folder:nas'], password: PASSWORD };
    const first = await server.call('POST', '/v1/backups', body, headers);
    const again = await server.call('POST', '/v1/backups', body, headers);
    expect(again.json['id']).toBe(first.json['id']);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = { ...body, to: ['folder:other'] };
    const refused = await server.call('POST', '/v1/backups', other, headers);
    expect(refused.json).toMatchObject({ status: 422, code: 'KEY_REUSED' });
    await server.ended(first);
  });
});

describe('the store', () => {
  test('a secret is generated, rotated and imported, each never shown', async () => {
    const to = ['folder:nas'];
    const generated = await server.call('POST', '/v1/secrets/sso/generate', {
      to,
      password: PASSWORD,
    });
    expect(await server.ended(generated)).toMatchObject({
      state: 'finished',
      result: { version: { name: 'sso', version: 1 } },
    });
    const rotated = await server.call('POST', '/v1/secrets/sso/rotate', { to, password: PASSWORD });
    expect(await server.ended(rotated)).toMatchObject({ result: { version: { version: 2 } } });
    const imported = await server.call('PUT', '/v1/secrets/other/value', Buffer.from(SECRET));
    expect(await server.ended(imported)).toMatchObject({ result: { name: 'other', version: 1 } });
    const listed = await server.call('GET', '/v1/secrets');
    expect(listed.json['rows']).toMatchObject([
      { name: 'app' },
      { name: 'other' },
      { name: 'sso' },
    ]);
    const twice = await server.call('POST', '/v1/secrets/sso/generate', { to, password: PASSWORD });
    expect(await server.ended(twice)).toMatchObject({ failure: { code: 'SECRET_EXISTS' } });
  });
});

describe('restores', () => {
  test('a secret goes back to a target of the configuration', async () => {
    const backup = await backUp();
    const body = { backup, to: { target: 'app' }, password: PASSWORD };
    const job = await server.ended(await server.call('POST', '/v1/restores', body));
    expect(job).toMatchObject({ state: 'finished', backup });
    expect(await readFile(join(server.folder, 'app.json'), 'utf8')).toBe(SECRET);
    const command = { ...body, to: { target: 'vault' } };
    await server.ended(await server.call('POST', '/v1/restores', command));
    expect(await readFile(join(server.folder, 'vault.out'), 'utf8')).toBe(SECRET);
    const store = { ...body, to: { target: 'sso' } };
    expect(await server.ended(await server.call('POST', '/v1/restores', store))).toMatchObject({
      state: 'finished',
    });
  });

  test('or comes back encrypted to the caller, whose file is fetched', async () => {
    const backup = await backUp();
    await run('sh', ['-c', 'age-keygen -o mine.txt 2>/dev/null'], { cwd: server.folder });
    const { stdout } = await run('age-keygen', ['-y', join(server.folder, 'mine.txt')]);
    const body = { backup, to: { recipient: stdout.trim() }, password: PASSWORD };
    const job = await server.ended(await server.call('POST', '/v1/restores', body));
    expect(job).toMatchObject({ state: 'finished', file: true });
    const fetched = await server.call('GET', `/v1/jobs/${job.id}/file`);
    expect(fetched.text).not.toContain(SECRET);
    await writeFile(join(server.folder, 'mine.age'), Buffer.from(fetched.text, 'latin1'));
    const opened = await run('age', ['-d', '-i', 'mine.txt', 'mine.age'], { cwd: server.folder });
    expect(opened.stdout).toBe(SECRET);
  });

  test('what cannot be restored is told: no such target, backup, copy; a wrong password', async () => {
    const backup = await backUp();
    const call = async (body: object) => await server.call('POST', '/v1/restores', body);
    expect((await call({ backup, to: { target: 'none' } })).json).toMatchObject({
      code: 'TARGET_UNKNOWN',
    });
    expect((await call({ backup, to: { path: '/etc/x' } })).json).toMatchObject({
      code: 'REQUEST_INVALID',
    });
    const nobody = '00000000-0000-4000-8000-000000000000';
    const unknown = await call({ backup: nobody, to: { target: 'app' } });
    expect(await server.ended(unknown)).toMatchObject({ failure: { code: 'BACKUP_NOT_FOUND' } });
    const wrong = await call({ backup, to: { target: 'app' }, password: 'wrong' });
    expect(await server.ended(wrong)).toMatchObject({ failure: { code: 'WRONG_PASSWORD' } });
  });
});

describe('drills and envelopes', () => {
  test('a drill opens a copy, compares it, and leaves a receipt that can be read', async () => {
    const backup = await backUp();
    const body = { backup, live: true, password: PASSWORD };
    const job = await server.ended(await server.call('POST', '/v1/drills', body));
    expect(job).toMatchObject({ state: 'finished' });
    const listed = await server.call('GET', '/v1/drills?secret=app');
    const [newest] = listed.json['rows'] as { id: string; outcome: string }[];
    expect(newest).toMatchObject({ outcome: 'ok', sameAsLive: true });
    const shown = await server.call('GET', `/v1/drills/${String(newest?.id)}`);
    expect(shown.json).toMatchObject({
      signer: { fingerprint: expect.stringMatching(/^SHA256:/) },
    });
  });

  test('the password of a copy is changed: the new one opens it, the former does not', async () => {
    const backup = await backUp({ to: ['folder:nas'] });
    const newPassword = 'another long password for this 7';
    const change = { replacePassword: true, password: PASSWORD, newPassword };
    const changed = await server.call('POST', `/v1/backups/${backup}/envelopes`, change);
    expect(await server.ended(changed)).toMatchObject({
      state: 'finished',
      result: { generation: 2 },
    });
    const verify = async (password: string) =>
      await server.ended(
        await server.call('POST', `/v1/backups/${backup}/verify`, { with: 'everything', password }),
      );
    expect(await verify(newPassword)).toMatchObject({ state: 'finished' });
    expect(await verify(PASSWORD)).toMatchObject({ failure: { code: 'WRONG_PASSWORD' } });
  });
});

describe('custody', () => {
  test('custodians are added, changed, listed and removed', async () => {
    const added = await server.call('POST', '/v1/custodians', { name: 'dave', contact: 'desk 4' });
    expect(added.status).toBe(201);
    const twice = await server.call('POST', '/v1/custodians', { name: 'dave' });
    expect(twice.json).toMatchObject({ status: 409, code: 'CUSTODIAN_EXISTS' });
    await server.call('PATCH', '/v1/custodians/dave', { checkEvery: 30 });
    const listed = await server.call('GET', '/v1/custodians');
    expect(listed.json).toMatchObject({ rows: [{ name: 'dave', checkEvery: 30 }] });
    expect((await server.call('DELETE', '/v1/custodians/dave')).status).toBe(200);
    expect((await server.call('DELETE', '/v1/custodians/dave')).status).toBe(404);
  });

  test('status, policies, media, tokens and the audit log answer by the contract', async () => {
    for (const path of [
      '/v1/status',
      '/v1/status?secret=app',
      '/v1/policies',
      '/v1/policies/check',
      '/v1/media',
      '/v1/tokens',
      '/v1/audit?limit=3',
      '/v1/copies?present=true',
      '/v1/webhooks',
      '/v1/access',
      '/v1/me',
      '/v1/jobs?state=finished',
      '/v1/quorum-sessions',
    ]) {
      const answer = await server.call('GET', path);
      expect([path, answer.status, answer.json['detail']]).toEqual([path, 200, undefined]);
    }
  });

  test('the audit log verifies, and is exported line by line', async () => {
    const job = await server.ended(await server.call('POST', '/v1/audit/verify'));
    expect(job).toMatchObject({ state: 'finished', result: { faults: [] } });
    const exported = await server.call('GET', '/v1/audit/export');
    const lines = exported.text.trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ sequence: 1 });
    expect(JSON.parse(lines.at(-1) ?? '')).toHaveProperty('head');
  });

  test('nothing secret is in any log line or in the audit log', async () => {
    const exported = await server.call('GET', '/v1/audit/export');
    const all = [...server.logged, exported.text].join('\n');
    for (const secret of [SECRET, PASSWORD, 'another long password for this 7']) {
      expect(all).not.toContain(secret);
    }
  });
});
