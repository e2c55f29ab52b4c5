import type { BackupRow, Catalog, CustodianRow } from '@holdfast/catalog';
import { catalogError } from '@holdfast/catalog/errors';
import { throwIfCancelled } from '@holdfast/age';
import { coreError } from '../errors.ts';
import { assertCustodianName, custodianFactors, holdings } from './custodian-factors.ts';
import { openForManaging, type ManagingRun } from './managing.ts';

export interface CustodianRequest {
  readonly name: string;
  /** As in an envelope expression: `password`, `token(NAME)`, `recipient(age1…)`, joined by `+`. */
  readonly factors?: string | undefined;
  /** How to reach them; empty takes back what was said before. */
  readonly contact?: string | undefined;
  /** Days between checks; 0: as the policy has it. */
  readonly checkEvery?: number | undefined;
}

export interface CustodianReport {
  readonly custodian: CustodianRow;
  readonly warnings: readonly string[];
}

/**
 * Makes somebody known whom a quorum can name.
 *
 * @throws CUSTODIAN_INVALID, CUSTODIAN_EXISTS, what opening the catalog throws
 */
export async function addCustodian(
  { factors = 'password', ...request }: CustodianRequest,
  run: ManagingRun,
): Promise<CustodianReport> {
  assertCustodianName(request.name);
  const said = custodianFactors(factors);
  const catalog = await openForManaging(run);
  const all = await catalog.custodians();
  if (present(all).some(({ name }) => name === request.name)) {
    throw coreError('CUSTODIAN_EXISTS', `there is a custodian ${request.name} already`);
  }
  const detail = {
    factors: said,
    contact: textOr(request.contact, null),
    checkEvery: daysOr(request.checkEvery, null),
  };
  const { name } = request;
  await run.catalog.recorder.record([
    { action: 'custodian.add', outcome: 'ok', custodian: name, detail },
  ]);
  return await reportOn(name, catalog);
}

/**
 * Changes what is known of a custodian; what is left out stays. Shares that were made before stay as they are.
 *
 * @throws CUSTODIAN_UNKNOWN, CUSTODIAN_INVALID, what opening the catalog throws
 */
export async function changeCustodian(
  { name, factors, contact, checkEvery }: CustodianRequest,
  run: ManagingRun,
): Promise<CustodianReport> {
  const said = factors === undefined ? undefined : custodianFactors(factors);
  const catalog = await openForManaging(run);
  const before = await findCustodian(name, catalog);
  const detail = {
    factors: said ?? before.factors,
    contact: textOr(contact, before.contact),
    checkEvery: daysOr(checkEvery, before.checkEvery),
  };
  await run.catalog.recorder.record([
    { action: 'custodian.change', outcome: 'ok', custodian: name, detail },
  ]);
  const report = await reportOn(name, catalog);
  if (said === undefined || said === before.factors) return report;
  const old =
    'shares that were made before open as before: give them out anew with envelopes replace';
  return { ...report, warnings: [...report.warnings, old] };
}

/**
 * Lets no quorum name a custodian any more. Shares of theirs still open.
 *
 * @throws CUSTODIAN_UNKNOWN, CUSTODIAN_IN_USE unless `anyway`, what opening the catalog throws, CANCELLED
 */
export async function removeCustodian(
  { name, anyway }: { readonly name: string; readonly anyway: boolean },
  run: ManagingRun,
): Promise<CustodianReport> {
  const catalog = await openForManaging(run);
  const custodian = await findCustodian(name, catalog);
  const using = await backupsNaming(name, catalog, run.signal);
  const [first] = using;
  const count = using.length === 1 ? 'one backup' : `${String(using.length)} backups`;
  if (first !== undefined && !anyway) {
    throw coreError(
      'CUSTODIAN_IN_USE',
      `${name} holds a share of ${count}, such as that of ${first.secret ?? first.id}`,
    );
  }
  await run.catalog.recorder.record([
    { action: 'custodian.remove', outcome: 'ok', custodian: name, detail: {} },
  ]);
  const warnings = first === undefined ? [] : [`${name} still holds a share of ${count}`];
  return { custodian, warnings };
}

export function present(all: readonly CustodianRow[]): readonly CustodianRow[] {
  return all.filter(({ removedAt }) => removedAt === null);
}

async function findCustodian(name: string, catalog: Catalog): Promise<CustodianRow> {
  const found = present(await catalog.custodians()).find((it) => it.name === name);
  if (found === undefined) throw coreError('CUSTODIAN_UNKNOWN', `there is no custodian ${name}`);
  return found;
}

async function backupsNaming(
  name: string,
  catalog: Catalog,
  signal: AbortSignal | undefined,
): Promise<readonly BackupRow[]> {
  const naming: BackupRow[] = [];
  for (let after: string | undefined; ;) {
    throwIfCancelled(signal);
    const page = await catalog.backups({ limit: 1000, ...(after !== undefined && { after }) });
    naming.push(...page.rows.filter((row) => !row.superseded && names(row, name)));
    if (page.next === null) return naming;
    after = page.next;
  }
}

function names({ envelopes }: BackupRow, custodian: string): boolean {
  return envelopes.some(({ factors }) =>
    factors.some(
      (factor) =>
        factor.kind === 'quorum' && factor.custodians.some(({ name }) => name === custodian),
    ),
  );
}

async function reportOn(name: string, catalog: Catalog): Promise<CustodianReport> {
  const all = present(await catalog.custodians());
  const custodian = all.find((it) => it.name === name);
  if (custodian === undefined) {
    throw catalogError('CATALOG_UNWRITABLE', 'the custodian could not be written down now');
  }
  const shared = sharing(all).get(name) ?? [];
  const warnings = shared.map(
    ({ holding, others }) =>
      `${holding} is what ${others.join(' and ')} opens with as well: a quorum counts them as one`,
  );
  return { custodian, warnings };
}

export interface Shared {
  /** A token or a recipient. */
  readonly holding: string;
  /** Who else opens with it. */
  readonly others: readonly string[];
}

/** What custodians open with that another one opens with too, by their names. */
export function sharing(all: readonly CustodianRow[]): ReadonlyMap<string, readonly Shared[]> {
  const byHolding = new Map<string, string[]>();
  for (const { name, factors } of all) {
    for (const holding of holdings(factors)) {
      const holders = byHolding.get(holding);
      if (holders === undefined) byHolding.set(holding, [name]);
      else holders.push(name);
    }
  }
  const shared = new Map<string, Shared[]>();
  for (const [holding, holders] of byHolding) {
    if (holders.length < 2) continue;
    for (const name of holders) {
      const others = holders.filter((it) => it !== name);
      shared.set(name, [...(shared.get(name) ?? []), { holding, others }]);
    }
  }
  return shared;
}

function textOr(said: string | undefined, before: string | null): string | null {
  if (said === undefined) return before;
  const text = said.trim();
  if (text.length > 200 || /[\p{C}\p{Zl}\p{Zp}]/u.test(text)) {
    throw coreError('CUSTODIAN_INVALID', 'a contact takes one line of 200 characters');
  }
  return text === '' ? null : text;
}

function daysOr(days: number | undefined, before: number | null): number | null {
  if (days === undefined) return before;
  if (!Number.isInteger(days) || days < 0 || days > 3660) {
    throw coreError('CUSTODIAN_INVALID', 'the days between checks are a whole number up to 3660');
  }
  return days === 0 ? null : days;
}
