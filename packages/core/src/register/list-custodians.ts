import type { CustodianRow } from '@holdfast/catalog';
import { dueOf } from '../due.ts';
import type { Run } from '../run.ts';
import { present, sharing, type Shared } from './custodians.ts';

const DAY = 24 * 60 * 60 * 1000;

export interface ListedCustodian extends CustodianRow {
  /** When the next check is due; `null`: they are checked as the policy has it. */
  readonly dueAt: string | null;
  readonly overdue: boolean;
  /** The last check lies in the future: a clock was set back, and nobody can tell when it was. */
  readonly clockSetBack: boolean;
  readonly shared: readonly Shared[];
}

/** The custodians, by name. Makes no catalog. @throws what opening the catalog throws */
export async function listCustodians(
  { catalog }: Pick<Run, 'catalog'>,
  now = Date.now(),
): Promise<readonly ListedCustodian[]> {
  const there = (await catalog?.openIfThere()) ?? null;
  const all = there === null ? [] : present(await there.custodians());
  const shared = sharing(all);
  return all
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((row) => ({ ...row, ...checkDue(row, now), shared: shared.get(row.name) ?? [] }));
}

function checkDue(
  { checkEvery, checkedAt, addedAt }: CustodianRow,
  now: number,
): Pick<ListedCustodian, 'dueAt' | 'overdue' | 'clockSetBack'> {
  const every = checkEvery === null ? null : checkEvery * DAY;
  const { dueAt, overdueBy, clockSetBack } = dueOf({ last: checkedAt, since: addedAt, every }, now);
  return { dueAt, overdue: overdueBy !== null, clockSetBack };
}
