import { Secret } from '@holdfast/core';
import { expect, test } from 'vitest';
import { makeHeldSecrets } from './held-secrets.ts';
import { openJobSecrets } from './secrets.ts';

test('what is dropped is wiped, and what is taken is the taker’s', () => {
  const held = makeHeldSecrets();
  using one = openJobSecrets({ password: 'one', custodianPasswords: { alice: 'hers' } });
  using two = openJobSecrets({ newPassword: 'two' });
  held.hold('1', one);
  held.hold('2', two);
  held.drop('1');
  expect(() => one.password?.bytes).toThrow();
  expect(() => one.custodianPasswords.get('alice')?.bytes).toThrow();
  using taken = held.take('2');
  held.dropAll();
  expect(Buffer.from(taken.newPassword?.bytes ?? []).toString()).toBe('two');
  using none = held.take('3');
  expect(none.isEmpty).toBe(true);
});

test('a value is copied: the caller wipes theirs', () => {
  using value = Secret.fromText('value');
  using secrets = openJobSecrets({ value });
  value[Symbol.dispose]();
  expect(Buffer.from(secrets.value?.bytes ?? []).toString()).toBe('value');
});
