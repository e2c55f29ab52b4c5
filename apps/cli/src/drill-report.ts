import type { DrillReport, ListedDrill, ShownDrill, VerifiedReceipt } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, table, type Row } from './report.ts';
import { printable } from './to-terminal.ts';

type Receipt = DrillReport['receipt'];

/** How much of an id is listed: enough to be the only one. */
const SHORT = 8;

export function drillLines(report: DrillReport, { paint }: Output): string[] {
  const { receipt, where, kept, written, nextDue } = report;
  return [
    `${verdict(receipt, paint)} ${printable(where)}`,
    ...columns([
      ...receiptRows(receipt),
      ['receipt', `${receipt.id}, in ${printable(kept)}`],
      [
        '',
        written === null
          ? null
          : `and in ${printable(written)}, signed in ${printable(written)}.sig`,
      ],
      ['next due', nextDue],
    ]),
  ];
}

/** A receipt whose signature was checked. */
export function receiptLines(
  { receipt, principal, signer, path }: VerifiedReceipt & Partial<Pick<ShownDrill, 'path'>>,
  { paint }: Output,
): string[] {
  const { copy, id, who, host, started, ended } = receipt;
  return [
    `${verdict(receipt, paint)} ${printable(placeText(copy))}`,
    ...columns([
      ['drill', id],
      ['by', `${printable(who)} on ${printable(host)}`],
      ['when', `${started} to ${ended}`],
      ...receiptRows(receipt),
      ['signed by', `${signer.fingerprint}, trusted as ${printable(principal)}`],
      [
        'receipt',
        path === undefined ? null : path === null ? 'in the catalog only' : printable(path),
      ],
    ]),
  ];
}

export function drillListLines(drills: readonly ListedDrill[], { paint }: Output): string[] {
  if (drills.length === 0) return ['There were no drills.'];
  return table(
    drills.map((drill) => [
      drill.id.slice(0, SHORT),
      drill.time,
      printable(drill.secret ?? ''),
      drill.outcome === 'ok' ? paint('green', 'ok') : paint('red', printable(drill.outcome)),
      printable(drill.who),
      remarks(drill),
    ]),
  );
}

function remarks({ fromMedium, sameAsLive, checkPassed, custodians }: ListedDrill): string {
  return [
    fromMedium ? null : 'not from the medium',
    sameAsLive === null ? null : sameAsLive ? 'same as live' : 'not as live',
    checkPassed === null ? null : checkPassed ? 'check passed' : 'check failed',
    custodians.length === 0 ? null : `with ${printable(custodians.join(', '))}`,
  ]
    .filter((it) => it !== null)
    .join(', ');
}

function verdict({ outcome }: Receipt, paint: Output['paint']): string {
  return outcome === 'ok' ? paint('green', 'drilled') : paint('red', 'drilled, and it failed:');
}

function receiptRows({ copy, outcome, failure, shown, notShown }: Receipt): Row[] {
  const { backup } = copy;
  return [
    ['failed', failure === null ? null : `${outcome}: ${printable(failure)}`],
    ['secret', backup === null ? null : printable(backup.secret ?? 'not told (discreet)')],
    [
      'backup',
      backup === null
        ? null
        : `${backup.id}, generation ${String(backup.generation)}, of ${printable(backup.created)}`,
    ],
    ...listed('shown', shown),
    ...listed('not shown', notShown),
  ];
}

function listed(label: string, words: readonly string[]): Row[] {
  return words.map((each, place) => [place === 0 ? label : '', printable(each)]);
}

function placeText({ place, file }: Receipt['copy']): string {
  if (place.kind === 'folder') return `${place.path}/${file} on ${place.host}`;
  return `${file} on ${place.label ?? place.uuid ?? place.serial ?? 'a medium'}`;
}
