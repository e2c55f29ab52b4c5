import type { AuditReport, CatalogReport, ExportedReport, ExportReport } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns, table, warningRows } from './report.ts';
import { sizeText } from './size.ts';
import { printable } from './to-terminal.ts';

/** One entry of the audit log, as far as a line for a person takes it. */
interface Told {
  readonly sequence: number;
  readonly time: string;
  readonly actor: { readonly who: string; readonly from: string };
  readonly event: {
    readonly action: string;
    readonly outcome: string;
    readonly secret?: string | undefined;
    readonly backup?: string | undefined;
    readonly medium?: string | undefined;
    readonly token?: string | undefined;
    readonly custodian?: string | undefined;
  };
}

export function auditLines({
  rows,
  next,
}: {
  readonly rows: readonly Told[];
  readonly next: string | null;
}): string[] {
  if (rows.length === 0) return ['The audit log has no such entry.'];
  const cells = rows.map(({ sequence, time, actor, event }) => [
    String(sequence),
    time,
    event.action,
    printable(event.outcome),
    printable(subjectOf(event)),
    printable(`${actor.who}, ${actor.from}`),
  ]);
  const more = next === null ? [] : [`There are more: --after ${next}`];
  return [...table(cells), ...more];
}

function subjectOf({ secret, custodian, token, medium, backup }: Told['event']): string {
  return secret ?? custodian ?? token ?? backup ?? (medium === undefined ? '' : `medium ${medium}`);
}

/** What was found of the audit log in the catalog, or in an exported one. */
export function auditVerdictLines(
  report: AuditReport | ExportedReport,
  { paint }: Output,
): string[] {
  const { entries, head, signedUpTo, faults } = report;
  const sound = faults.length === 0;
  const range = 'from' in report && report.from > 1 ? `, from entry ${String(report.from)} on` : '';
  const unsigned = (head?.sequence ?? 0) - signedUpTo;
  return [
    sound
      ? `${paint('green', 'sound')}: every entry is as it was recorded`
      : `${paint('red', 'broken')}: ${String(faults.length)} ${faults.length === 1 ? 'fault' : 'faults'}`,
    ...columns([
      ['entries', `${String(entries)}${range}`],
      ['head', head === null ? null : `entry ${String(head.sequence)}, ${head.hash}`],
      [
        'signed',
        signedUpTo === 0
          ? 'nothing of it by anybody who is trusted here'
          : `up to entry ${String(signedUpTo)}${unsigned > 0 ? `; ${String(unsigned)} came after` : ''}`,
      ],
      ['kept', 'kept' in report && report.kept !== null ? keptInWords(report.kept) : null],
    ]),
    ...faults.map(
      ({ sequence, kind, words }) =>
        `  ${paint('red', `entry ${String(sequence)}`)} ${kind}: ${printable(words)}`,
    ),
  ];
}

function keptInWords({ sequence, time }: NonNullable<AuditReport['kept']>): string {
  return `the state folder has the head of entry ${String(sequence)}, of ${time}`;
}

export function exportLines(report: ExportReport, { paint }: Output): string[] {
  const { where, entries, first, last, head, warnings } = report;
  const range = first === null ? '' : `, ${String(first)} to ${String(last)}`;
  return [
    `${paint('green', 'exported')} the audit log to ${printable(where)}`,
    ...columns([
      ['entries', `${String(entries)}${range}`],
      ['head', head === null ? null : `signed, of entry ${String(head.sequence)}`],
      ...warningRows(warnings),
    ]),
  ];
}

export function catalogLines(report: CatalogReport, { paint }: Output): string[] {
  const { where, engine, there, size, schema, entries, head, signed, kept, fromJournal } = report;
  if (!there) return [`There is no catalog yet: ${where} is made with the first backup.`];
  const unsigned = entries - (signed?.sequence ?? 0);
  return [
    `${paint('green', 'works')} ${printable(where)}`,
    ...columns([
      ['engine', engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'],
      ['schema', schema],
      ['size', size === null ? null : sizeText(size)],
      ['entries', String(entries)],
      ['head', head === null ? null : `${head.hash}, of ${head.time}`],
      [
        'signed',
        signed === null
          ? 'nothing of it'
          : `up to entry ${String(signed.sequence)}, ${signed.time}${unsigned > 0 ? `; ${String(unsigned)} came after` : ''}`,
      ],
      [
        'kept',
        kept === null ? null : `the head of entry ${String(kept.sequence)}, in the state folder`,
      ],
      [
        'journal',
        fromJournal === 0
          ? 'nothing waits'
          : `${String(fromJournal)} acts waited, and were recorded now`,
      ],
    ]),
  ];
}
