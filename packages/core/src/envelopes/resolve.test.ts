import { expect, test } from 'vitest';
import { assertHasToken } from './resolve.ts';

type Factors = Parameters<typeof assertHasToken>[0]['factors'];

const [password, token] = [{ kind: 'password' }, { kind: 'token' }];
const quorum = (threshold: number, ...persons: Factors[]): Factors => [
  { kind: 'quorum', threshold, custodians: persons.map((factors) => ({ factors })) },
];

test.each<[string, Factors]>([
  ['a token', [token]],
  ['a token and a password', [password, token]],
  ['a quorum of tokens', quorum(2, [token], [token])],
  [
    'a quorum that two passwords are too few for',
    quorum(3, [password], [password], [token, password]),
  ],
])('nobody gets around the token of %s', (_what, factors) => {
  expect(() => {
    assertHasToken({ index: 1, factors });
  }).not.toThrow();
});

test.each<[string, Factors]>([
  ['a password', [password]],
  ['a quorum without tokens', quorum(2, [password], [password])],
  ['a quorum that two passwords are enough for', quorum(2, [password], [password], [token])],
])('%s opens without a token', (_what, factors) => {
  expect(() => {
    assertHasToken({ index: 1, factors });
  }).toThrow(expect.objectContaining({ code: 'TOKEN_REQUIRED' }));
});
