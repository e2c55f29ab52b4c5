import type { FactorFacts } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { assertPolicy, rulesUnder } from './assert-policy.ts';
import { policyNamed, type Policy } from './policy.ts';

const POLICY: Policy = {
  name: 'gold',
  envelopes: ['password'],
  requireToken: false,
  copies: 1,
  maxAge: null,
  drillEvery: null,
  checkCustodiansEvery: null,
  independentRecovery: true,
  waive: [],
};

const PASSWORD: FactorFacts = { kind: 'password' };
const WAIVED = ['single-point-of-failure'];

function token(serial: string): FactorFacts {
  return { kind: 'token', label: 'lab', serial, fingerprint: null, extractable: null };
}

function quorum(threshold: number, custodians: Record<string, FactorFacts[]>): FactorFacts {
  const each = Object.entries(custodians).map(([name, factors]) => ({ name, factors }));
  return { kind: 'quorum', threshold, custodians: each };
}

function outcome(
  envelopes: readonly (readonly FactorFacts[])[],
  rules: Partial<Policy> = {},
  allowed?: boolean,
): unknown {
  const numbered = envelopes.map((factors, at) => ({ index: at + 1, factors }));
  try {
    return assertPolicy({ ...POLICY, ...rules }, numbered, { allowed });
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

const BOTH_NEEDED = [[quorum(2, { ann: [PASSWORD], ben: [PASSWORD] })]];

test('what does not depend on one token or one person passes, and needs no waiver', () => {
  expect(outcome([[PASSWORD]])).toEqual([]);
  expect(outcome([[token('1')], [token('2')]])).toEqual([]);
  expect(outcome([[quorum(2, { ann: [PASSWORD], ben: [PASSWORD], cleo: [token('1')] })]])).toEqual(
    [],
  );
  expect(outcome([...BOTH_NEEDED, [PASSWORD]])).toEqual([]);
});

test('what depends on one token is refused, and so is what depends on one person', () => {
  expect(outcome([[token('1')], [token('1'), PASSWORD]])).toBe('SINGLE_POINT_OF_FAILURE');
  expect(outcome(BOTH_NEEDED)).toBe('POLICY_VIOLATED');
  const sameToken = { ann: [token('1')], ben: [token('1'), PASSWORD], cleo: [PASSWORD] };
  expect(outcome([[quorum(2, sameToken)]])).toBe('SINGLE_POINT_OF_FAILURE');
});

test('it can be waived by the policy or in the act, and the waiver is told only where it was needed', () => {
  expect(outcome(BOTH_NEEDED, { independentRecovery: false })).toEqual(WAIVED);
  expect(outcome(BOTH_NEEDED, { waive: ['single-point-of-failure'] })).toEqual(WAIVED);
  expect(outcome(BOTH_NEEDED, {}, true)).toEqual(WAIVED);
  expect(outcome([[PASSWORD]], { waive: ['single-point-of-failure'] }, true)).toEqual([]);
});

test('a policy that asks for tokens takes no envelope without one, whatever is waived', () => {
  const rules = { requireToken: true };
  expect(outcome([[token('1')], [PASSWORD]], rules, true)).toBe('TOKEN_REQUIRED');
  expect(outcome(BOTH_NEEDED, rules, true)).toBe('TOKEN_REQUIRED');
  expect(outcome([[token('1')], [token('2')]], rules)).toEqual([]);
});

test('the rules of a policy are added to those that were asked for', () => {
  const none = { requireToken: false, allowSinglePointOfFailure: false };
  expect(rulesUnder({})).toEqual(none);
  expect(rulesUnder({ policy: POLICY })).toEqual(none);
  expect(rulesUnder({ policy: { ...POLICY, requireToken: true } })).toMatchObject({
    requireToken: true,
  });
  expect(rulesUnder({ policy: POLICY, requireToken: true })).toMatchObject({ requireToken: true });
  expect(rulesUnder({ policy: { ...POLICY, independentRecovery: false } })).toMatchObject({
    allowSinglePointOfFailure: true,
  });
});

test('a policy that the configuration does not have is named, with those that it has', () => {
  expect(policyNamed({ gold: POLICY }, 'gold')).toBe(POLICY);
  for (const name of ['silver', 'constructor', '__proto__']) {
    expect(() => policyNamed({ gold: POLICY }, name)).toThrow(
      expect.objectContaining({ code: 'POLICY_UNKNOWN' }),
    );
  }
});
