import type { CustodianRow } from '@holdfast/catalog';
import { isInTime } from '../clock.ts';
import { someOf } from './in-words.ts';
import { holdfast, pathOfCopy } from './mend.ts';
import type { Found } from './rule.ts';
import { failed } from '../policy/standing.ts';
import type { CustodianView, SecretView, Surroundings } from './view.ts';

export function* custodianNeverChecked(view: SecretView, around: Surroundings): Iterable<Found> {
  const never = view.custodians.filter(({ row }) => checkedAt(row) === null);
  if (never.length === 0) return;
  const words = `${someOf(names(never))} never showed that a share opens`;
  const mend = check(view, never, around);
  yield { code: 'custodian-never-checked', severity: 'warning', words, mend };
}

export function* custodianOverdue(view: SecretView, around: Surroundings): Iterable<Found> {
  const overdue = view.custodians.filter(
    ({ row, checkEvery }) =>
      checkEvery !== null &&
      checkedAt(row) !== null &&
      !isInTime(checkedAt(row), checkEvery, around.now),
  );
  if (overdue.length === 0) return;
  const words = `${someOf(names(overdue))} did not show in time that a share opens`;
  const mend = check(view, overdue, around);
  yield { code: 'custodian-overdue', severity: 'warning', words, mend };
}

export function* custodianCheckFailed(view: SecretView, around: Surroundings): Iterable<Found> {
  const bad = view.custodians.filter(({ row }) => failed(row?.checkOutcome ?? null));
  if (bad.length === 0) return;
  const words = `the share of ${someOf(names(bad))} did not open when it was tried last`;
  const mend = check(view, bad, around);
  yield { code: 'custodian-check-failed', severity: 'warning', words, mend };
}

function check(
  { current, newest }: SecretView,
  [first]: readonly CustodianView[],
  around: Surroundings,
): string | null {
  const copy = current.find(({ backup }) => backup === newest?.id);
  const backup = copy === undefined ? 'usb' : pathOfCopy(copy, around);
  return holdfast('custodian', 'check', backup, '--as', first?.name ?? '');
}

function names(custodians: readonly CustodianView[]): string[] {
  return custodians.map(({ name }) => name);
}

function checkedAt(row: CustodianRow | null): string | null {
  return row?.checkedAt ?? null;
}
