import { Secret } from '@holdfast/core';
import { expect, test } from 'vitest';
import { openPinAgent } from '../pins/open-pin-agent.ts';
import { factorsFrom } from './factors.ts';
import { openJobSecrets, type SecretsGiven } from './secrets.ts';

const IDENTITY = 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX';

function scene(given: SecretsGiven) {
  const held = new DisposableStack();
  const secrets = held.use(openJobSecrets(given));
  const pins = held.use(openPinAgent());
  return {
    ...{ secrets, pins, factors: factorsFrom(secrets, { pins }) },
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}

function asked(attempt: number, custodian?: string) {
  return { secret: null, hint: null, created: '', attempt, envelopes: [1], custodian };
}

const textOf = (secret: Secret | null): string | null =>
  secret && Buffer.from(secret.bytes).toString();

test('a password is tried once, and each time a new one is asked for it is a copy', async () => {
  using it = scene({ password: 'old', newPassword: 'new' });
  using first = await it.factors.password(asked(1));
  expect(textOf(first)).toBe('old');
  expect(await it.factors.password(asked(2))).toBe(null);
  for (let times = 0; times < 2; times += 1) {
    using each = await it.factors.newPassword({ index: 1 });
    expect(textOf(each)).toBe('new');
  }
});

test('each custodian has their own password, and nobody that of another', async () => {
  using it = scene({ password: 'all', newPassword: 'new', custodianPasswords: { ann: 'hers' } });
  using hers = await it.factors.password(asked(1, 'ann'));
  expect(textOf(hers)).toBe('hers');
  expect(await it.factors.password(asked(1, 'bob'))).toBe(null);
  await expect(it.factors.newPassword({ index: 1, custodian: 'bob' })).rejects.toMatchObject({
    code: 'PASSWORD_NEEDED',
  });
});

test('what did not come is not asked for', async () => {
  using it = scene({});
  expect(await it.factors.password(asked(1))).toBe(null);
  expect(await it.factors.identities()).toEqual([]);
  expect(await it.factors.hasPin?.()).toBe(false);
  await expect(it.factors.newPassword({ index: 1 })).rejects.toMatchObject({
    code: 'PASSWORD_NEEDED',
  });
  it.pins.keep({ label: 'kek', serial: '1' }, Secret.fromText('1234'), 60);
  expect(await it.factors.hasPin?.()).toBe(true);
});

test('identities are read as age writes them, and nothing else is', async () => {
  using it = scene({ identities: `# a comment\n${IDENTITY}\n` });
  expect(await it.factors.identities()).toHaveLength(1);
  using wrong = scene({ identities: 'AGE-SECRET-KEY-1WRONG' });
  await expect(wrong.factors.identities()).rejects.toHaveProperty('code');
});
