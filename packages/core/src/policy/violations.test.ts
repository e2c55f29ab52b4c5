import type { CopyRow, CustodianRow, EnvelopeFacts, FactorFacts } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { lossesOf } from './losses.ts';
import type { Policy } from './policy.ts';
import {
  opensWithoutToken,
  violationsByDesign,
  violationsOf,
  type KeptBackup,
} from './violations.ts';
import { copiesThatCount } from './standing.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-08-01T12:00:00Z');

const daysAgo = (days: number): string => new Date(NOW - days * DAY).toISOString();

const LAX: Policy = {
  name: 'p',
  envelopes: ['password'],
  requireToken: false,
  copies: 1,
  maxAge: null,
  drillEvery: null,
  checkCustodiansEvery: null,
  independentRecovery: false,
  waive: [],
};

const PASSWORD: FactorFacts = { kind: 'password' };

function token(serial: string | null, extractable: boolean | null = null): FactorFacts {
  return { kind: 'token', label: serial, serial, fingerprint: null, extractable };
}

function quorum(threshold: number, custodians: Record<string, FactorFacts[]>): FactorFacts {
  const each = Object.entries(custodians).map(([name, factors]) => ({ name, factors }));
  return { kind: 'quorum', threshold, custodians: each };
}

function copy(more: Partial<CopyRow> = {}): CopyRow {
  return {
    ...{ id: 'c', backup: 'b', secret: 's', medium: 'm1', madeAt: daysAgo(1), removedAt: null },
    ...{ place: { kind: 'medium', path: null }, generation: 1, file: 'f.tar', size: 1 },
    ...{ proof: null, number: null, of: null, superseded: false },
    ...{ verifiedAt: null, verifyOutcome: null, drilledAt: null, drillOutcome: null },
    ...more,
  };
}

function custodian(name: string, more: Partial<CustodianRow> = {}): CustodianRow {
  return {
    ...{ name, factors: 'password', contact: null, checkEvery: null },
    ...{ addedAt: daysAgo(1), removedAt: null, checkedAt: null, checkOutcome: null },
    ...more,
  };
}

interface Given extends Partial<Omit<KeptBackup, 'envelopes' | 'losses'>> {
  readonly envelopes?: readonly (readonly FactorFacts[])[];
}

function kept({ envelopes = [[PASSWORD]], ...more }: Given): KeptBackup {
  const numbered: EnvelopeFacts[] = envelopes.map((factors, at) => ({ index: at + 1, factors }));
  const losses = lossesOf({ envelopes: numbered, copies: null, discreet: false });
  const rest = { created: daysAgo(1), waivers: [], copies: [copy()], custodians: [] };
  return { ...rest, envelopes: numbered, losses, ...more };
}

/** The rules that this breaks, each as often as it is broken. */
function broken(rules: Partial<Policy>, given: Given): string[] {
  return violationsOf({ ...LAX, ...rules }, kept(given), NOW).map(({ rule }) => rule);
}

test('what keeps every rule breaks none', () => {
  const strict: Policy = {
    ...{ name: 'p', envelopes: [], requireToken: true, copies: 2, waive: [] },
    ...{ maxAge: 30 * DAY, drillEvery: 90 * DAY, checkCustodiansEvery: 180 * DAY },
    independentRecovery: true,
  };
  const given = {
    envelopes: [
      [token('a')],
      [PASSWORD, token('b')],
      [quorum(2, { ann: [token('c')], ben: [token('d')], cleo: [token('e'), PASSWORD] })],
    ],
    copies: [copy(), copy({ medium: 'm2' })],
    custodians: ['ann', 'ben', 'cleo'].map((name) => custodian(name)),
  };
  expect(violationsOf(strict, kept(given), NOW)).toEqual([]);
  expect(violationsByDesign(strict, kept(given))).toEqual([]);
});

test.each<[string, FactorFacts[], boolean]>([
  ['a password', [PASSWORD], true],
  ['a recipient', [{ kind: 'recipient', recipient: 'age1x' }], true],
  ['a token', [token('a')], false],
  ['a token that nobody names', [token(null)], false],
  ['a token whose key can leave it', [token('a', true)], true],
  ['a token and a password', [PASSWORD, token('a')], false],
  ['a quorum of passwords', [quorum(2, { a: [PASSWORD], b: [PASSWORD] })], true],
  ['a quorum of which one takes a token', [quorum(2, { a: [PASSWORD], b: [token('b')] })], false],
  [
    'a quorum of which enough do without',
    [quorum(2, { a: [PASSWORD], b: [PASSWORD], c: [token('c')] })],
    true,
  ],
])('%s opens without a token: %#', (_, factors, without) => {
  expect(opensWithoutToken({ factors })).toBe(without);
  const rules = { requireToken: true };
  expect(broken(rules, { envelopes: [factors] })).toEqual(without ? ['require-token'] : []);
});

test('each envelope that opens without a token is told', () => {
  const given = { envelopes: [[token('a')], [PASSWORD], [PASSWORD]] };
  const found = violationsByDesign({ ...LAX, requireToken: true }, kept(given));
  expect(found.map(({ words }) => words)).toEqual([
    expect.stringContaining('envelope 2'),
    expect.stringContaining('envelope 3'),
  ]);
});

test('recovery that depends on one token or one custodian is told, unless it is waived', () => {
  const rules = { independentRecovery: true };
  const onOneToken = { envelopes: [[token('a')], [token('a'), PASSWORD]] };
  expect(broken(rules, onOneToken)).toEqual(['independent-recovery']);
  expect(broken({ ...rules, waive: ['single-point-of-failure'] }, onOneToken)).toEqual([]);
  expect(broken(rules, { ...onOneToken, waivers: ['single-point-of-failure'] })).toEqual([]);
  expect(broken({ independentRecovery: false }, onOneToken)).toEqual([]);
  const all = { envelopes: [[quorum(2, { ann: [PASSWORD], ben: [PASSWORD] })]] };
  expect(broken(rules, all)).toEqual(['independent-recovery', 'independent-recovery']);
  const spare = { ann: [PASSWORD], ben: [PASSWORD], cleo: [PASSWORD] };
  expect(broken(rules, { envelopes: [[quorum(2, spare)]] })).toEqual([]);
  // Which token it is, is not told: it may be the only one.
  expect(broken(rules, { envelopes: [[token(null)], [token('a')]] })).toHaveLength(2);
});

test('a password or an identity that all depends on is told in the table, and breaks no rule', () => {
  const rules = { independentRecovery: true };
  expect(broken(rules, { envelopes: [[PASSWORD]] })).toEqual([]);
  expect(broken(rules, { envelopes: [[{ kind: 'recipient', recipient: 'age1x' }]] })).toEqual([]);
});

test('copies count by where they lie, and not when they were found to be damaged', () => {
  const folder = (path: string, host = 'h') =>
    copy({ medium: null, place: { kind: 'folder', path, host } });
  expect(copiesThatCount([])).toBe(0);
  expect(copiesThatCount([copy(), copy()])).toBe(1);
  expect(copiesThatCount([copy(), copy({ medium: 'm2' })])).toBe(2);
  expect(copiesThatCount([folder('/a'), folder('/a'), folder('/b'), folder('/a', 'i')])).toBe(3);
  expect(copiesThatCount([copy({ verifyOutcome: 'ok' })])).toBe(1);
  expect(copiesThatCount([copy({ verifyOutcome: 'BACKUP_DAMAGED' })])).toBe(0);
  expect(copiesThatCount([copy({ drillOutcome: 'BACKUP_DAMAGED' })])).toBe(0);
  // That says something of whoever tried, and nothing of the copy.
  expect(copiesThatCount([copy({ verifyOutcome: 'WRONG_PASSWORD' })])).toBe(1);
  expect(broken({ copies: 2 }, { copies: [copy()] })).toEqual(['copies']);
  expect(broken({ copies: 1 }, { copies: [] })).toEqual(['copies']);
  expect(broken({ copies: 2 }, { copies: [copy(), copy({ medium: 'm2' })] })).toEqual([]);
});

test('a backup is too old exactly when its age is over, and when nobody can tell', () => {
  const rules = { maxAge: 30 * DAY };
  expect(broken(rules, { created: daysAgo(29.9) })).toEqual([]);
  expect(broken(rules, { created: daysAgo(30) })).toEqual(['max-age']);
  expect(broken(rules, { created: daysAgo(-1) })).toEqual(['max-age']);
  expect(broken({ maxAge: null }, { created: daysAgo(9999) })).toEqual([]);
});

test('each copy is to be drilled in time, the first time from when it was made', () => {
  const rules = { drillEvery: 90 * DAY };
  const drilled = (more: Partial<CopyRow>) => broken(rules, { copies: [copy(more)] });
  expect(drilled({ madeAt: daysAgo(89) })).toEqual([]);
  expect(drilled({ madeAt: daysAgo(90) })).toEqual(['drill-every']);
  expect(drilled({ madeAt: daysAgo(999), drilledAt: daysAgo(89), drillOutcome: 'ok' })).toEqual([]);
  expect(drilled({ drilledAt: daysAgo(91), drillOutcome: 'ok' })).toEqual(['drill-every']);
  expect(drilled({ drilledAt: daysAgo(1), drillOutcome: 'WRONG_PASSWORD' })).toEqual([
    'drill-every',
  ]);
  // A drill in the future was none that anybody can rely on.
  expect(drilled({ drilledAt: daysAgo(-10), drillOutcome: 'ok' })).toEqual(['drill-every']);
  const two = [copy({ madeAt: daysAgo(91) }), copy({ medium: 'm2', madeAt: daysAgo(91) })];
  expect(broken(rules, { copies: two })).toHaveLength(2);
});

test('each custodian is to be checked in time, by their own interval if they have one', () => {
  const rules = { checkCustodiansEvery: 180 * DAY };
  const checked = (...custodians: CustodianRow[]) =>
    broken(rules, {
      envelopes: [[quorum(2, { ann: [PASSWORD], ben: [PASSWORD] })]],
      custodians: [custodian('ben'), ...custodians],
    });
  expect(checked(custodian('ann'))).toEqual([]);
  expect(checked()).toEqual(['check-custodians-every']);
  const ann = (more: Partial<CustodianRow>) => checked(custodian('ann', more));
  expect(ann({ addedAt: daysAgo(180) })).toEqual(['check-custodians-every']);
  expect(ann({ addedAt: daysAgo(999), checkedAt: daysAgo(100), checkOutcome: 'ok' })).toEqual([]);
  expect(ann({ checkedAt: daysAgo(181), checkOutcome: 'ok' })).toHaveLength(1);
  expect(ann({ checkedAt: daysAgo(1), checkOutcome: 'SHARE_INVALID' })).toHaveLength(1);
  expect(ann({ checkedAt: daysAgo(31), checkOutcome: 'ok', checkEvery: 30 })).toHaveLength(1);
  expect(ann({ checkedAt: daysAgo(200), checkOutcome: 'ok', checkEvery: 365 })).toEqual([]);
});

test('a custodian of several envelopes is told once', () => {
  const envelope = [quorum(2, { ann: [PASSWORD], ben: [PASSWORD] })];
  const given = { envelopes: [envelope, envelope], custodians: [custodian('ben')] };
  expect(broken({ checkCustodiansEvery: DAY * 180 }, given)).toHaveLength(1);
});
