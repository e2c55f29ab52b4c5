import type { SheetReport } from '@holdfast/core';
import type { Output } from './output.ts';
import { columns } from './report.ts';

export function sheetLines(report: SheetReport, { paint }: Output): string[] {
  const { secret, path, id, generation, codes, format } = report;
  const count = codes === 1 ? 'one QR code' : `${String(codes)} QR codes`;
  return [
    `${paint('green', 'wrote')} the sheet of ${secret ?? 'the secret'} to ${path ?? '-'}`,
    ...columns([
      ['backup', `${id}, generation ${String(generation)}`],
      ['holds', codes === 0 ? null : `the backup itself, in ${count}: keep it like a stick`],
      ['next', `print it${format === 'html' ? ' from a browser' : ''}, and fill in the tables`],
    ]),
  ];
}
