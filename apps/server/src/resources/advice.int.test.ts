import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ toml: '[tokens]\nhsm = "pkcs11:token=lab;serial=42"' });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const password = async (body: object) => await server.call('POST', '/v1/advice/password', body);
const envelopes = async (...of: readonly string[]) =>
  (await server.call('POST', '/v1/advice/envelopes', { envelopes: of })).json;

test('a password that is guessed at once is said to be, with advice', async () => {
  const { json } = await password({ password: 'password' });
  expect(json).toMatchObject({ acceptable: false, hintFault: null });
  expect([json['warning'], json['suggestions']].flat().join('')).not.toBe('');
});

test('a good one is acceptable, and a hint that gives it away is told', async () => {
  const good = 'ocean tiger lamp seven green';
  expect((await password({ password: good })).json).toMatchObject({ acceptable: true, score: 4 });
  const hint = { password: good, hint: 'green seven lamp tiger' };
  expect((await password(hint)).json).toMatchObject({
    hintFault: 'the hint gives most of the password away',
  });
  const helpful = { password: good, hint: 'envelope 7 in the safe' };
  expect((await password(helpful)).json).toMatchObject({ hintFault: null });
});

test('nothing of it is kept or logged', async () => {
  const mark = 'mark-4711-of-a-password';
  await password({ password: mark, hint: mark });
  await password({ password: mark, other: mark });
  const audit = await server.call('GET', '/v1/audit/export');
  expect([audit.text, ...server.logged].join('\n')).not.toContain(mark);
});

test('envelopes tell what a backup would survive, with the tokens of the configuration', async () => {
  const json = await envelopes('password', 'token(hsm)');
  expect(json).toMatchObject({ faults: [], unknownCustodians: [] });
  const { single } = json['losses'] as { single: { words: string; restorable: string }[] };
  expect(single.map(({ restorable }) => restorable)).toEqual(['yes', 'yes']);
  expect(single.map(({ words }) => words).join()).toContain('lab');
});

test('those that cannot be read are told by their place', async () => {
  const json = await envelopes('password', 'passwort');
  expect(json).toMatchObject({ faults: [{ index: 1 }], losses: null });
});

test('custodians whom nobody knows are named', async () => {
  expect(await envelopes('quorum(2, ann, ben)')).toMatchObject({
    unknownCustodians: ['ann', 'ben'],
  });
});
