import type { CustodianReport, ListedCustodian } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, table, warningRows } from './report.ts';
import { printable } from './to-terminal.ts';

/** What was written down of a custodian. */
export function custodianLines(
  verb: string,
  { custodian, warnings }: CustodianReport,
  { paint }: Output,
): string[] {
  const { name, factors, contact, checkEvery } = custodian;
  return [
    `${paint('green', verb)} ${name}`,
    ...columns([
      ['opens with', printable(factors)],
      ['contact', contact === null ? null : printable(contact)],
      ['check', checkEvery === null ? null : `every ${String(checkEvery)} days`],
      ...warningRows(warnings),
    ]),
  ];
}

export function custodianListLines(
  custodians: readonly ListedCustodian[],
  { paint }: Output,
): string[] {
  if (custodians.length === 0) return ['There are no custodians.'];
  const rows = custodians.map((it) => [
    it.name,
    printable(it.factors),
    printable(it.contact ?? ''),
    checkedText(it),
    dueText(it, paint),
  ]);
  const shared = custodians.flatMap(({ name, shared: its }) =>
    its
      // Told once, by the first of them.
      .filter(({ others }) => others.every((other) => name < other))
      .map(({ holding, others }) => {
        const who = [name, ...others].join(' and ');
        return `${paint('yellow', 'mind')}: ${who} open with the same ${printable(holding)}: a quorum counts them as one`;
      }),
  );
  return [...table(rows), ...shared];
}

function checkedText({ checkedAt, checkOutcome }: ListedCustodian): string {
  const failed = checkOutcome !== null && checkOutcome !== 'ok' ? `, then ${checkOutcome}` : '';
  return checkedAt === null ? `never checked${failed}` : `checked ${checkedAt}${failed}`;
}

function dueText(
  { dueAt, overdue, clockSetBack }: ListedCustodian,
  paint: Output['paint'],
): string {
  if (clockSetBack) return paint('yellow', 'in the future: was a clock set back?');
  if (dueAt === null) return '';
  return overdue ? paint('yellow', `overdue since ${dueAt}`) : `due ${dueAt}`;
}
