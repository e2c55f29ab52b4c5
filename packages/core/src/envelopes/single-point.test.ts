import { expect, test } from 'vitest';
import { keyDetails } from '../testing/key-details.ts';
import { waiversFor, type Independence, type Keys } from './single-point.ts';

const on = (serial: string, label = 'lab') => keyDetails({ token: { label, serial } });
const waived = ['single-point-of-failure'] as const;

/** An envelope for one person, or a quorum of several. */
type Sketch = Keys | { readonly threshold: number; readonly persons: readonly Keys[] };

function outcome(sketches: readonly Sketch[], more: Partial<Independence> = {}): unknown {
  const envelopes = sketches.map((each) =>
    'persons' in each ? each : { threshold: 1, persons: [each] },
  );
  try {
    return waiversFor({ envelopes, allowed: false, ...more });
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

test.each<[string, readonly Sketch[], unknown]>([
  ['no token at all', [[]], []],
  ['one token', [[on('1')]], 'SINGLE_POINT_OF_FAILURE'],
  ['one token under two names', [[on('1')], [on('1')]], 'SINGLE_POINT_OF_FAILURE'],
  ['one card with two labels', [[on('1', 'a')], [on('1', 'b')]], 'SINGLE_POINT_OF_FAILURE'],
  [
    'two keys of one token',
    [[on('1')], [{ ...on('1'), label: 'other', fingerprint: 'cd'.repeat(32) }]],
    'SINGLE_POINT_OF_FAILURE',
  ],
  ['two tokens', [[on('1')], [on('2')]], []],
  ['twins of one key on two tokens', [[on('1')], [on('2')]], []],
  ['a token, or something else', [[on('1')], []], []],
  [
    'two tokens, one of them in both envelopes',
    [[on('1'), on('2')], [on('1')]],
    'SINGLE_POINT_OF_FAILURE',
  ],
  ['tokens without serial numbers', [[on('', 'a')], [on('', 'b')]], []],
  ['one token without a serial number', [[on('', 'a')], [on('', 'a')]], 'SINGLE_POINT_OF_FAILURE'],
  ['tokens that nobody names', [[null], [null]], 'SINGLE_POINT_OF_FAILURE'],
  ['tokens that nobody names, or something else', [[null], []], []],
  ['a quorum without tokens', [{ threshold: 2, persons: [[], []] }], []],
  [
    'a quorum that the token of one does not keep from being had',
    [{ threshold: 2, persons: [[on('1')], [], []] }],
    [],
  ],
  [
    'a quorum of all, one of whom has a token',
    [{ threshold: 3, persons: [[on('1')], [], []] }],
    'SINGLE_POINT_OF_FAILURE',
  ],
  [
    'a quorum most of whose custodians share a token',
    [{ threshold: 2, persons: [[on('1')], [on('1')], []] }],
    'SINGLE_POINT_OF_FAILURE',
  ],
  [
    'the same, beside an envelope without that token',
    [{ threshold: 2, persons: [[on('1')], [on('1')], []] }, [on('2')]],
    [],
  ],
  [
    'a quorum and an envelope that die with one token',
    [{ threshold: 2, persons: [[on('1')], []] }, [on('1')]],
    'SINGLE_POINT_OF_FAILURE',
  ],
])('%s', (_what, envelopes, expected) => {
  expect(outcome(envelopes)).toEqual(expected);
});

test('what is allowed is told, and nothing is told where nothing was needed', () => {
  expect(outcome([[on('1')]], { allowed: true })).toEqual(waived);
  expect(outcome([[on('1')], [on('2')]], { allowed: true })).toEqual([]);
});

test('a change that leaves the single token keeps the waiver, and one that ends it drops it', () => {
  const former = { waivers: waived, allKept: true };
  expect(outcome([[on('1')], [on('1')]], { former })).toEqual(waived);
  expect(outcome([[on('1')], [on('2')]], { former })).toEqual([]);
  expect(outcome([[null], [on('2')]], { former })).toEqual(waived);
});

test('a discreet backup that was independent stays so until something is taken away', () => {
  const envelopes = [[null], [null]];
  expect(outcome(envelopes, { former: { waivers: [], allKept: true } })).toEqual([]);
  expect(outcome(envelopes, { former: { waivers: [], allKept: false } })).toBe(
    'SINGLE_POINT_OF_FAILURE',
  );
});
