import { generateIdentity, parseRecipient } from '@holdfast/age';
import { expect, test } from 'vitest';
import type { ResolvedPlainFactor } from '../envelopes/resolved.ts';
import { keyDetails } from '../testing/key-details.ts';
import { assertDistinct } from './distinct.ts';

const password: ResolvedPlainFactor = { kind: 'password' };
const recipientOf = (text: string): ResolvedPlainFactor => ({
  ...{ kind: 'recipient', text, recipient: parseRecipient(text) },
});
const [one, two] = [generateIdentity(), generateIdentity()].map((each) =>
  recipientOf(String(each.recipient())),
) as [ResolvedPlainFactor, ResolvedPlainFactor];
const token = (
  serial: string,
  fingerprint = serial.repeat(64).slice(0, 64),
): ResolvedPlainFactor => ({
  kind: 'token',
  identity: '',
  key: {
    details: keyDetails({ token: { label: 'lab', serial }, fingerprint }),
    recipient: generateIdentity().recipient(),
  },
});

const outcome = (...custodians: (readonly ResolvedPlainFactor[])[]): unknown => {
  try {
    return assertDistinct({
      ...{ kind: 'quorum', threshold: 2, predecessors: [] },
      custodians: custodians.map((factors, place) => ({ name: `c${String(place)}`, factors })),
    }).length;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

test.each<[string, (readonly ResolvedPlainFactor[])[], unknown]>([
  ['passwords of their own', [[password], [password], [password]], 0],
  ['recipients of their own', [[one], [two]], 0],
  ['one recipient for two', [[one], [password], [one]], 'QUORUM_INVALID'],
  ['tokens of their own', [[token('1')], [token('2')]], 0],
  ['one token for two', [[token('1')], [token('1')]], 'QUORUM_INVALID'],
  ['two keys of one token', [[token('1', 'a'.repeat(64))], [token('1')]], 'QUORUM_INVALID'],
  [
    'one key on two tokens',
    [[token('1', 'a'.repeat(64))], [token('2', 'a'.repeat(64))]],
    'QUORUM_INVALID',
  ],
  [
    'tokens without a serial number, of one label',
    [[token('')], [token('', 'b'.repeat(64))]],
    'QUORUM_INVALID',
  ],
  [
    'one whose token the other has besides a password',
    [[token('1'), password], [token('1')]],
    'QUORUM_INVALID',
  ],
  [
    'one token, with a password of their own each',
    [
      [token('1'), password],
      [token('1'), password],
    ],
    1,
  ],
  [
    'one recipient, with a token of their own each',
    [
      [one, token('1')],
      [one, token('2')],
    ],
    1,
  ],
])('%s', (_what, custodians, expected) => {
  expect(outcome(...custodians)).toBe(expected);
});

test('both who are one are named', () => {
  expect(() => outcomeOrThrow()).toThrow(
    expect.objectContaining({ message: expect.stringContaining('alice and zoe') as string }),
  );
});

function outcomeOrThrow(): void {
  assertDistinct({
    ...{ kind: 'quorum', threshold: 2, predecessors: [] },
    custodians: [
      { name: 'alice', factors: [one] },
      { name: 'bob', factors: [two] },
      { name: 'zoe', factors: [one] },
    ],
  });
}
