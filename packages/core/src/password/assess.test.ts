import { randomBytes } from 'node:crypto';

import { Secret } from '@holdfast/age';
import { expect, test } from 'vitest';

import { assessPassword } from './assess.ts';

test.each([
  '',
  'password',
  'Summer2024',
  'holdfast',
  'qwertyuiop',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  'sso',
])('a password that is guessed soon is not acceptable: %s', async (text) => {
  using password = Secret.fromText(text);
  const { acceptable, score } = await assessPassword(password);
  expect(acceptable).toBe(false);
  expect(score).toBeLessThan(3);
});

test.each(['ocean tiger lamp seven green', 'pälzer würm grüßen örtlich 41', 'vQ7#mx-Lp2!rT9'])(
  'a password that takes long to guess is acceptable: %s',
  async (text) => {
    using password = Secret.fromText(text);
    expect(await assessPassword(password)).toMatchObject({ acceptable: true });
  },
);

test('a weak password comes with advice', async () => {
  using password = Secret.fromText('password');
  const { warning, suggestions, crackTime } = await assessPassword(password);
  expect([warning, ...suggestions].join(' ')).toMatch(/\w+/);
  expect(crackTime).toMatch(/second/);
});

test('random bytes that are no text are acceptable', async () => {
  using password = Secret.take(Uint8Array.from([0xff, 0xfe, ...randomBytes(30)]));
  expect(await assessPassword(password)).toMatchObject({ acceptable: true, score: 4 });
});

// Takes a second or a few; the limit leaves room for a loaded machine.
test('a password of a megabyte is assessed in bounded time', { timeout: 60_000 }, async () => {
  using password = Secret.take(Uint8Array.from(randomBytes(1 << 20)));
  expect(await assessPassword(password)).toMatchObject({ acceptable: true });
});
