import type { Job } from '@holdfast/api';
import type { Output } from '../output.ts';
import { columns } from '../report.ts';
import { printable } from '../to-terminal.ts';

type Style = Parameters<Output['paint']>[0];

const STYLES: Partial<Readonly<Record<Job['state'], Style>>> = {
  finished: 'green',
  failed: 'red',
  interrupted: 'red',
  'awaiting-approval': 'yellow',
  running: 'cyan',
};

/** One line a job. */
export function jobListLines(jobs: readonly Job[], { paint }: Output): string[] {
  if (jobs.length === 0) return ['There are no jobs.'];
  const rows = jobs.map(({ id, kind, state, secret, backup, created, who }) => [
    id,
    created.replace('T', ' ').slice(0, 19),
    state,
    kind,
    printable(secret ?? backup ?? ''),
    printable(who),
  ]);
  const widths = [0, 1, 2, 3, 4].map((at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  );
  return rows.map((row, index) => {
    const padded = row.map((cell, at) => cell.padEnd(widths[at] ?? 0));
    const style = STYLES[jobs[index]?.state ?? 'queued'];
    if (style !== undefined) padded[2] = paint(style, padded[2] ?? '');
    return padded.join('  ').trimEnd();
  });
}

/** All that is known of one. */
export function jobLines(job: Job, { paint }: Output): string[] {
  const { kind, state, secret, backup, who, created, started, ended, failure, approval } = job;
  const style = STYLES[state];
  const approvedBy = approval?.by ?? null;
  return [
    `${style === undefined ? state : paint(style, state)} ${kind}`,
    ...columns([
      ['id', job.id],
      ['secret', secret === null ? null : printable(secret)],
      ['backup', backup],
      ['asked by', `${printable(who)}, ${created}`],
      ['began', started],
      ['ended', ended],
      ['server', job.server],
      ['approved', approvedBy === null ? null : `by ${printable(approvedBy)}`],
      [
        'until',
        approval !== null && approval.by === null ? `${approval.before}, to be approved` : null,
      ],
      ['failure', failure === null ? null : `${failure.code}: ${printable(failure.message)}`],
      ['mend', failure === null ? null : failure.remedy],
      ['file', job.file ? `/v1/jobs/${job.id}/file` : null],
    ]),
  ];
}
