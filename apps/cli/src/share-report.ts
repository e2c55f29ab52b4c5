import type { Contributed, Session, ShareReport } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, type Row } from './report.ts';
import { printable } from './to-terminal.ts';

export function checkLines(report: ShareReport, { paint }: Output): string[] {
  return [
    `${paint('green', 'checked')} the share of ${report.custodian}: it opens, and is the one that was given out`,
    ...columns([...shareRows(report), ['shown', 'nothing of the share; nothing was put together']]),
  ];
}

export function contributionLines(made: Contributed, { paint }: Output): string[] {
  return [
    `${paint('green', 'wrote')} the share of ${made.custodian} to ${printable(made.file ?? '')}`,
    ...columns([
      ...shareRows(made),
      ['sealed to', made.to],
      ['next', 'send it to whoever restores; nobody else can read it'],
    ]),
  ];
}

export function sessionLines({ path, recipient }: Session, { paint }: Output): string[] {
  return [
    `${paint('green', 'made')} ${printable(path)}, an identity for one restore`,
    ...columns([
      ['recipient', recipient],
      [
        'custodians',
        `holdfast custodian contribute BACKUP --as NAME --to ${recipient} -o NAME.age`,
      ],
      [
        'then',
        `holdfast restore BACKUP --to PATH --share NAME.age … --identity ${printable(path)}`,
      ],
      ['mind', 'remove it afterwards: it reads what they sent'],
    ]),
  ];
}

function shareRows(report: ShareReport): Row[] {
  const { secret, id, generation, envelope, threshold, shares, set } = report;
  return [
    ['secret', secret === null ? null : printable(secret)],
    ['backup', `${id}, generation ${String(generation)}`],
    [
      'envelope',
      `${String(envelope)}, which takes ${String(threshold)} of ${String(shares)} shares`,
    ],
    ['set', set],
  ];
}
