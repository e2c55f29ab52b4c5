import type { LabCase, Outcome } from './case.ts';

/** The head of the table whose rows are printed as the cases end. */
export function outcomeHead(cases: readonly LabCase[]): string {
  return row(cases, 'case', 'outcome', 'time', 'seen');
}

/** One row; under a failure, its report. */
export function outcomeRow(cases: readonly LabCase[], it: LabCase, outcome: Outcome): string {
  const time = `${(outcome.milliseconds / 1000).toFixed(1)} s`;
  if (outcome.passed) return row(cases, it.name, 'passed', time, outcome.seen);
  const report = [it.rule, ...outcome.seen.split('\n')].map((line) => `    ${line}`).join('\n');
  return `${row(cases, it.name, 'FAILED', time, '')}\n${report}`;
}

function row(
  cases: readonly LabCase[],
  name: string,
  outcome: string,
  time: string,
  seen: string,
): string {
  const width = Math.max(...cases.map((it) => it.name.length));
  return `${name.padEnd(width)}  ${outcome.padEnd(7)}  ${time.padStart(7)}  ${seen}`.trimEnd();
}
