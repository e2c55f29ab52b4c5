import { execFile } from 'node:child_process';
import { readFile, writeFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contribute, type FactorSource, Secret } from '@holdfast/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

const run = promisify(execFile);

const SECRET = 'what only two of three may open';
const PASSWORDS: Readonly<Record<string, string>> = {
  alice: 'alice has her own long password 1',
  bob: 'bob has his own long password 22',
  carol: 'carol has her own long password 3',
};
const TOML = `
[folders.nas]
path = "$DIR/nas"
[secrets.app]
source = "$DIR/live.json"
[targets.app]
file = "$DIR/app.json"
[targets.other]
file = "$DIR/other.json"
`;

let server: TestServer;
let backup = '';
let path = '';

beforeAll(async () => {
  server = await openTestServer({ toml: TOML });
  await writeFile(join(server.folder, 'live.json'), SECRET);
  for (const name of Object.keys(PASSWORDS)) {
    expect((await server.call('POST', '/v1/custodians', { name })).status).toBe(201);
  }
  const body = {
    ...{ secret: 'app', to: ['folder:nas'], custodianPasswords: PASSWORDS },
    envelopes: ['quorum(2, alice, bob, carol)'],
  };
  const job = await server.ended(await server.call('POST', '/v1/backups', body));
  expect(job).toMatchObject({ state: 'finished' });
  backup = String(job.backup);
  const nas = join(server.folder, 'nas');
  const [file = ''] = await readdir(nas);
  path = join(nas, file);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function begin(to: object = { target: 'app' }): Promise<{
  readonly id: string;
  readonly recipient: string;
  readonly invitation: string;
}> {
  const { status, json } = await server.call('POST', '/v1/quorum-sessions', { backup, to });
  expect(status).toBe(201);
  const session = json['session'] as { id: string; recipient: string };
  return { ...session, invitation: String(json['invitation']) };
}

/** What a custodian makes at home, with the backup in their hand. */
async function shareOf(
  custodian: string,
  to: string,
  purpose?: { session: string; backup: string; target: string },
): Promise<Buffer> {
  const { service } = server.server;
  const factors: FactorSource = {
    newPassword: async () => await Promise.reject(new Error('nothing is sealed')),
    password: async () => await Promise.resolve(Secret.fromText(PASSWORDS[custodian] ?? '')),
    identities: async () => await Promise.resolve([]),
  };
  const own = service.runFor(
    { who: custodian, from: 'home' },
    { signal: service.stopping, factors },
  );
  const request = { from: path, as: custodian, to, purpose };
  const { contribution } = await contribute(request, own);
  return Buffer.from(contribution);
}

async function send(session: { id: string; invitation: string }, custodian: string, bytes: Buffer) {
  const headers = { authorization: `Bearer ${session.invitation}` };
  const at = `/v1/quorum-sessions/${session.id}/shares/${custodian}`;
  return await server.call('PUT', at, bytes, headers);
}

async function restore(session: string, target = 'app') {
  const asked = await server.call('POST', '/v1/restores', { backup, to: { target }, session });
  return asked.status === 202 ? await server.ended(asked) : asked.json;
}

test('two custodians send their shares, and the secret goes to what they gave them for', async () => {
  const session = await begin();
  const purpose = { session: session.id, backup, target: 'app' };
  for (const name of ['alice', 'carol']) {
    const sent = await send(session, name, await shareOf(name, session.recipient, purpose));
    expect(sent.status).toBe(200);
  }
  const shown = await server.call('GET', `/v1/quorum-sessions/${session.id}`, undefined, {
    authorization: `Bearer ${session.invitation}`,
  });
  expect(shown.json).toMatchObject({
    ...{ secret: 'app', purpose: { kind: 'restore', target: 'app' }, state: 'open' },
    shares: [{ custodian: 'alice' }, { custodian: 'carol' }],
  });
  expect(await restore(session.id)).toMatchObject({
    ...{ state: 'finished', result: { custodians: ['alice', 'carol'] } },
  });
  expect(await readFile(join(server.folder, 'app.json'), 'utf8')).toBe(SECRET);
  expect(await restore(session.id)).toMatchObject({ failure: { code: 'SESSION_OVER' } });
});

test('shares that were given for one target open nothing for another', async () => {
  const session = await begin();
  const purpose = { session: session.id, backup, target: 'app' };
  for (const name of ['alice', 'bob']) {
    await send(session, name, await shareOf(name, session.recipient, purpose));
  }
  expect(await restore(session.id, 'other')).toMatchObject({ failure: { code: 'FORBIDDEN' } });
});

test('a share for another session, for another target, or for none, is named and refused', async () => {
  const session = await begin();
  const good = { session: session.id, backup, target: 'app' };
  await send(session, 'alice', await shareOf('alice', session.recipient, good));
  const wrong = [
    { ...good, session: '00000000-0000-4000-8000-000000000000' },
    { ...good, target: 'other' },
    undefined,
  ];
  for (const purpose of wrong) {
    await send(session, 'bob', await shareOf('bob', session.recipient, purpose));
    const failed = await restore(session.id);
    expect(failed).toMatchObject({ failure: { code: 'SHARE_FOREIGN' } });
    expect(JSON.stringify(failed)).toContain('bob');
  }
  // A good one takes its place, and the session goes on.
  await send(session, 'bob', await shareOf('bob', session.recipient, good));
  expect(await restore(session.id)).toMatchObject({ state: 'finished' });
});

test('one share is not enough, and one sent twice counts once', async () => {
  const session = await begin();
  const purpose = { session: session.id, backup, target: 'app' };
  const share = await shareOf('alice', session.recipient, purpose);
  await send(session, 'alice', share);
  await send(session, 'alice', share);
  expect(await restore(session.id)).toMatchObject({ failure: { code: 'SHARES_MISSING' } });
  await send(session, 'bob', share);
  expect(await restore(session.id)).toMatchObject({ failure: { code: 'SHARE_DUPLICATE' } });
  const stranger = await send(session, 'mallory', share);
  expect(stranger.json).toMatchObject({ code: 'CUSTODIAN_UNKNOWN' });
});

test('what is no sealed share, and what is too large, is refused at the door', async () => {
  const session = await begin();
  const plain = await send(session, 'alice', Buffer.from('# holdfast-share: 1\n'));
  expect(plain.json).toMatchObject({ status: 422, code: 'SHARE_INVALID' });
  const large = await send(session, 'alice', Buffer.alloc(70_000));
  expect(large.status).toBe(413);
  const ended = await server.call('DELETE', `/v1/quorum-sessions/${session.id}`);
  expect(ended.json).toMatchObject({ state: 'ended' });
  expect((await send(session, 'alice', Buffer.alloc(1))).status).toBe(401);
});

test('shares for a recipient of the caller are passed on as they are, and open with stock tools', async () => {
  await run('sh', ['-c', 'age-keygen -o relay.txt 2>/dev/null'], { cwd: server.folder });
  const { stdout } = await run('age-keygen', ['-y', join(server.folder, 'relay.txt')]);
  const session = await begin({ recipient: stdout.trim() });
  expect(session.recipient).toBe(stdout.trim());
  await send(session, 'alice', await shareOf('alice', session.recipient));
  const fetched = await server.call('GET', `/v1/quorum-sessions/${session.id}/shares`);
  const [{ share }] = fetched.json['rows'] as [{ share: string }];
  await writeFile(join(server.folder, 'share.age'), share);
  const opened = await run('age', ['-d', '-i', 'relay.txt', 'share.age'], { cwd: server.folder });
  expect(opened.stdout).toMatch(/^# holdfast-share: 1\n/);
  expect(await restore(session.id)).toMatchObject({ failure: { code: 'FORBIDDEN' } });
});

test('no share is in clear in any answer, log or entry', async () => {
  const audit = await server.call('GET', '/v1/audit/export');
  const all = [audit.text, ...server.logged].join('\n');
  expect(all).not.toContain('# holdfast-share');
  expect(all).not.toMatch(/AGE-SECRET-KEY/);
  for (const password of Object.values(PASSWORDS)) expect(all).not.toContain(password);
  expect(audit.text).toContain('quorum.share');
});

test('no quorum is asked where none could open it', async () => {
  const none = { backup: '00000000-0000-4000-8000-000000000000', to: { target: 'app' } };
  expect((await server.call('POST', '/v1/quorum-sessions', none)).json).toMatchObject({
    code: 'BACKUP_NOT_FOUND',
  });
  const bad = await server.call('POST', '/v1/quorum-sessions', { backup, to: { target: 'none' } });
  expect(bad.json).toMatchObject({ code: 'TARGET_UNKNOWN' });
});
