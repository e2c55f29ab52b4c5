import type { BackupReport, CopiesReport, CopyReport } from '@holdfast/core';
import type { Output } from './output.ts';
import { backupLines, columns, sealedRows, type Row } from './report.ts';
import { sizeText, timeText } from './size.ts';
import { printable } from './to-terminal.ts';

/** What came of a backup: one file, or a copy on each of several media. */
export type MadeBackup = BackupReport | CopiesReport;

/**
 * Prints it, and throws COPIES_INCOMPLETE afterwards when some copies were not made: what is printed stands.
 */
export async function printBackup(report: MadeBackup, output: Output): Promise<void> {
  output.result(report, () => madeLines(report, output));
  await assertComplete(report);
}

/** Throws COPIES_INCOMPLETE when some copies were not made. */
export async function assertComplete(report: MadeBackup | null): Promise<void> {
  if (report === null || !('copies' in report)) return;
  const { assertAllCopies } = await import('@holdfast/core');
  assertAllCopies(report);
}

export function madeLines(report: MadeBackup, output: Output): string[] {
  return 'copies' in report ? copiesLines(report, output) : backupLines(report, output);
}

/** Where it lies, in a word or two, for a note. */
export function placeOf(report: MadeBackup): string {
  return 'copies' in report ? placesOf(report.copies) : report.path;
}

function copiesLines(report: CopiesReport, output: Output): string[] {
  const { secret, copies, payloadSize, size, seconds } = report;
  const made = copies.filter(({ failure }) => failure === null);
  return [
    `${output.paint('green', 'backed up')} ${secret ?? 'the secret'} to ${placesOf(made)}`,
    ...columns([
      ['size', `${sizeText(payloadSize)}, ${sizeText(size)} as a backup`],
      ['took', timeText(seconds)],
      ...copies.flatMap((copy, place) =>
        copyRows(copy, copies.length === 1 ? 'copy' : `copy ${String(place + 1)}`, output),
      ),
      ...sealedRows(report),
    ]),
  ];
}

function placesOf(copies: readonly CopyReport[]): string {
  return copies.map(({ where }) => printable(where)).join(' and ');
}

const PROOFS: Readonly<Record<NonNullable<CopyReport['proof']>, string>> = {
  remounted: 'read back from the medium, which was unmounted and mounted again',
  direct: 'read back from the medium',
  cached: 'read back',
};

function copyRows(copy: CopyReport, label: string, { paint }: Output): Row[] {
  const { where, file, proof, ejected, removed, warnings, failure, medium } = copy;
  if (failure !== null) {
    return [
      [label, `${paint('red', 'failed')} on ${printable(where)}: ${printable(failure.message)}`],
    ];
  }
  return [
    [label, `${printable(file ?? '')} ${medium === null ? 'in' : 'on'} ${printable(where)}`],
    ['', proof === null ? null : PROOFS[proof]],
    ['', ejected ? paint('green', 'safe to remove') : null],
    ['', !ejected && medium !== null ? 'still plugged in: eject it before you pull it out' : null],
    ...removed.map((name): Row => ['', `removed ${printable(name)}, which is superseded`]),
    ...warnings.map((warning): Row => ['', `${paint('yellow', 'mind')}: ${printable(warning)}`]),
  ];
}
