import { expect, test } from 'vitest';
import { de } from '../words/de/index.ts';
import { en } from '../words/en/index.ts';
import { asksOf, composedOf, expressionOf, type Composed } from './composed.ts';
import { sentenceOf } from './sentence.ts';

const ALICE = { kind: 'quorum', threshold: 2, custodians: ['alice', 'bob', 'carol'] } as const;
const BOTH: Composed = { kind: 'factors', password: true, token: 'backup-hsm', recipient: '' };

test.each([
  ['password + token(backup-hsm)', BOTH],
  ['quorum(2, alice, bob, carol)', ALICE],
])('%s is put together, and read back as the same', (expression, composed) => {
  expect(expressionOf(composed)).toBe(expression);
  expect(composedOf(expression)).toEqual(composed);
});

test('a plus sign within parentheses joins nothing', () => {
  expect(composedOf('token(pkcs11:token=a+b)')).toMatchObject({ token: 'pkcs11:token=a+b' });
});

test('what the page cannot say in words it does not change', () => {
  expect(composedOf('retina(left)')).toBeNull();
  expect(sentenceOf(['retina(left)'], en, 'en')).toBe('Opens with retina(left).');
});

test('envelopes are said as one sentence, in each language', () => {
  const all = [BOTH, ALICE].map(expressionOf);
  expect(sentenceOf(all, en, 'en')).toBe(
    'Opens with the password and the token backup-hsm, or with any 2 of alice, bob, carol.',
  );
  expect(sentenceOf(all, de, 'de')).toBe(
    'Öffnet sich mit dem Passwort und dem Token backup-hsm oder mit beliebigen 2 von alice, bob, carol.',
  );
});

test('what has to be at hand is told over all envelopes', () => {
  expect(asksOf([BOTH, ALICE].map(expressionOf))).toEqual({
    password: true,
    tokens: ['backup-hsm'],
    custodians: ['alice', 'bob', 'carol'],
  });
});
