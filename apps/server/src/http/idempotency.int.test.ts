import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer } from '../testing/open-test-server.ts';

const TOML = '[folders.nas]\npath = "$DIR/nas"\n[secrets.app]\nsource = "$DIR/live.json"\n';
const BODY = { secret: 'app', to: ['folder:nas'], password: 'correct horse battery staple 9' };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-answers-'));
  await writeFile(join(folder, 'live.json'), 'live');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the same request gets the same answer after a restart, and a refusal is not kept', async () => {
  const headers = { 'idempotency-key': 'deploy-1' };
  let id: unknown;
  {
    await using server = await openTestServer({ toml: TOML, folder });
    const wrong = await server.call(
      'POST',
      '/v1/backups',
      { ...BODY, to: ['folder:none'] },
      headers,
    );
    expect(wrong.json).toMatchObject({ code: 'FOLDER_UNKNOWN' });
    const first = await server.call('POST', '/v1/backups', BODY, headers);
    expect(first.status).toBe(202);
    id = first.json['id'];
    await server.ended(first);
  }
  await using server = await openTestServer({ toml: TOML, folder });
  const again = await server.call('POST', '/v1/backups', BODY, headers);
  expect(again.json['id']).toBe(id);
  expect(again.headers.get('location')).toBe(`/v1/jobs/${String(id)}`);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const other = { ...BODY, password: 'another password entirely 12' };
  expect((await server.call('POST', '/v1/backups', other, headers)).json).toMatchObject({
    code: 'KEY_REUSED',
  });
});

test('many at once make one job', async () => {
  await using server = await openTestServer({ toml: TOML, folder });
  const headers = { 'idempotency-key': 'deploy-2' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => await server.call('POST', '/v1/backups', BODY, headers)),
  );
  const ids = new Set(answers.filter(({ status }) => status === 202).map(({ json }) => json['id']));
  expect(ids.size).toBe(1);
  for (const { status, json } of answers) {
    if (status !== 202) expect(json).toMatchObject({ status: 409, code: 'KEY_IN_USE' });
  }
});

test('a key that is none is refused', async () => {
  await using server = await openTestServer({ toml: TOML, folder });
  const headers = { 'idempotency-key': 'a b' };
  expect((await server.call('POST', '/v1/backups', BODY, headers)).json).toMatchObject({
    code: 'KEY_INVALID',
  });
});
