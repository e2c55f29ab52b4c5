import type {
  BackupRow,
  CopyRow,
  CustodianRow,
  EnvelopeFacts,
  FactorFacts,
} from '@holdfast/catalog';
import { ageOf, isAhead, isInTime } from '../clock.ts';
import { agoText, durationText } from './duration.ts';
import { singlePoints, type Losses } from './losses.ts';
import { waivesSinglePoint, type Policy } from './policy.ts';
import { copiesThatCount, failed } from './standing.ts';

/** The rules that can be broken, as the configuration calls them. */
export type PolicyRule =
  | 'require-token'
  | 'independent-recovery'
  | 'copies'
  | 'max-age'
  | 'drill-every'
  | 'check-custodians-every';

export interface Violation {
  readonly rule: PolicyRule;
  readonly words: string;
}

/** A backup, and what is known of how it is kept. */
export interface KeptBackup extends Pick<BackupRow, 'envelopes' | 'created' | 'waivers'> {
  /** Those that are there, of this generation. */
  readonly copies: readonly CopyRow[];
  /** All who are known. */
  readonly custodians: readonly CustodianRow[];
  readonly losses: Losses;
}

/** What breaks the rules already as it is written, whatever will be kept. `envelopes` and `losses` are of them. */
export function violationsByDesign(
  policy: Policy,
  { envelopes, losses }: Pick<KeptBackup, 'envelopes' | 'losses'>,
): readonly Violation[] {
  return [...withoutToken(policy, envelopes), ...dependent(policy, losses)];
}

/** What breaks the rules now, at `now` in milliseconds. */
export function violationsOf(
  policy: Policy,
  backup: KeptBackup,
  now: number,
): readonly Violation[] {
  const accepted = backup.waivers.includes('single-point-of-failure');
  return [
    ...withoutToken(policy, backup.envelopes),
    ...(accepted ? [] : dependent(policy, backup.losses)),
    ...tooFewCopies(policy, backup),
    ...tooOld(policy, backup, now),
    ...undrilled(policy, backup, now),
    ...unchecked(policy, backup, now),
  ];
}

/** Whether an envelope opens without any token. A quorum does when enough custodians need none. */
export function opensWithoutToken({ factors }: Pick<EnvelopeFacts, 'factors'>): boolean {
  return factors.every(isWithoutToken);
}

function isWithoutToken(factor: FactorFacts): boolean {
  // A manifest does not say whether a key can be taken out of its token; an enrolment may.
  if (factor.kind === 'token') return factor.extractable === true;
  if (factor.kind !== 'quorum') return true;
  const free = factor.custodians.filter(opensWithoutToken);
  return free.length >= factor.threshold;
}

function withoutToken(
  { requireToken }: Policy,
  envelopes: readonly EnvelopeFacts[],
): readonly Violation[] {
  if (!requireToken) return [];
  return envelopes.filter(opensWithoutToken).map(({ index }) => ({
    rule: 'require-token',
    words: `envelope ${String(index)} opens without a key that cannot leave its token`,
  }));
}

function dependent(policy: Policy, losses: Losses): readonly Violation[] {
  if (waivesSinglePoint(policy)) return [];
  return singlePoints(losses)
    .filter(({ loss: { kind } }) => kind === 'token' || kind === 'custodian')
    .map(({ words, restorable }) => ({
      rule: 'independent-recovery',
      words:
        restorable === 'no'
          ? `without ${words}, nobody can open it`
          : `without ${words}, nobody may be able to open it: it is not told which one that is`,
    }));
}

function tooFewCopies({ copies: wanted }: Policy, { copies }: KeptBackup): readonly Violation[] {
  const count = copiesThatCount(copies);
  if (count >= wanted) return [];
  const asked = wanted === 1 ? 'one copy' : `${String(wanted)} copies`;
  const [verb, made] = count === 1 ? ['is', 'one'] : ['are', count === 0 ? 'none' : String(count)];
  return [{ rule: 'copies', words: `there ${verb} ${made} of ${asked}` }];
}

function tooOld({ maxAge }: Policy, { created }: KeptBackup, now: number): readonly Violation[] {
  if (maxAge === null || isInTime(created, maxAge, now)) return [];
  return [
    {
      rule: 'max-age',
      words: `made ${since(created, now)}, and may be ${durationText(maxAge)} old`,
    },
  ];
}

function undrilled(
  { drillEvery }: Policy,
  { copies }: KeptBackup,
  now: number,
): readonly Violation[] {
  if (drillEvery === null) return [];
  return copies.flatMap(({ file, madeAt, drilledAt, drillOutcome }): Violation[] => {
    const words = (what: string) => [{ rule: 'drill-every' as const, words: `${file}: ${what}` }];
    if (failed(drillOutcome)) {
      return words(`its last drill ended with ${drillOutcome ?? ''}`);
    }
    // A new copy was proven when it was made: its first drill is due when its interval is over.
    if (isInTime(drilledAt ?? madeAt, drillEvery, now)) return [];
    const what =
      drilledAt === null
        ? `never drilled, and made ${since(madeAt, now)}`
        : `last drilled ${since(drilledAt, now)}`;
    return words(`${what}; due every ${durationText(drillEvery)}`);
  });
}

function unchecked(
  { checkCustodiansEvery }: Policy,
  { envelopes, custodians }: KeptBackup,
  now: number,
): readonly Violation[] {
  if (checkCustodiansEvery === null) return [];
  const known = new Map(custodians.map((row) => [row.name, row]));
  const named = envelopes.flatMap(({ factors }) =>
    factors.flatMap((factor) =>
      factor.kind === 'quorum' ? factor.custodians.map(({ name }) => name) : [],
    ),
  );
  return [...new Set(named)].flatMap((name): Violation[] => {
    const words = (what: string): Violation[] => [
      { rule: 'check-custodians-every', words: `${name}: ${what}` },
    ];
    const row = known.get(name);
    if (row === undefined) return words('not known here as a custodian');
    const { checkedAt, checkOutcome, checkEvery, addedAt } = row;
    const every = checkEvery === null ? checkCustodiansEvery : checkEvery * 86_400_000;
    if (failed(checkOutcome)) {
      return words(`the last check ended with ${checkOutcome ?? ''}`);
    }
    if (isInTime(checkedAt ?? addedAt, every, now)) return [];
    const what =
      checkedAt === null
        ? `never checked, and added ${since(addedAt, now)}`
        : `last checked ${since(checkedAt, now)}`;
    return words(`${what}; due every ${durationText(every)}`);
  });
}

function since(time: string, now: number): string {
  if (isAhead(time, now)) return `in the future (${time}: a clock was set back)`;
  return `${agoText(ageOf(time, now) ?? 0)} ago`;
}
