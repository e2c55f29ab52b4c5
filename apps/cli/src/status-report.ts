import type {
  CopyStatus,
  Finding,
  LiveStatus,
  SecretStatus,
  State,
  StatusReport,
} from '@holdfast/core';
import type { Failure } from './failure.ts';
import type { Output } from './output.ts';
import { columns, type Row } from './report.ts';
import { printable } from './to-terminal.ts';

/** What the process ends with, as monitoring plug-ins do. */
export const STATUS_EXIT: Readonly<Record<State, number>> = { ok: 0, warning: 1, critical: 2 };
/** Nobody can tell how things stand. */
export const UNKNOWN_EXIT = 3;

const COLOUR = { ok: 'green', note: 'gray', warning: 'yellow', critical: 'red' } as const;
/** More of them make no line that is read. */
const MOST_IN_HEAD = 5;

/** One line as monitoring wants it, then each secret, then what is not about one of them. */
export function statusLines(report: StatusReport, output: Output): string[] {
  return [
    output.paint(COLOUR[report.state], headOf(report)),
    ...report.secrets.flatMap((secret) => ['', ...secretLines(secret, report, output)]),
    ...houseLines(report, output),
  ];
}

export function headOfUnknown({ message }: Failure): string {
  return `HOLDFAST UNKNOWN - ${inOneLine(message)}`;
}

function headOf({ state, secrets, findings }: StatusReport): string {
  return `HOLDFAST ${state.toUpperCase()} - ${summaryOf(secrets, findings)}`;
}

function summaryOf(secrets: readonly SecretStatus[], findings: readonly Finding[]): string {
  const house = findings.filter(({ secret, severity }) => secret === null && severity !== 'note');
  const bad = secrets.filter(({ state }) => state !== 'ok');
  const worst = bad.toSorted((one, other) => STATUS_EXIT[other.state] - STATUS_EXIT[one.state]);
  const told = [
    ...house.map(({ words }) => words),
    ...worst.map(
      ({ name }) => `${name}: ${findings.find((it) => it.secret === name)?.words ?? ''}`,
    ),
  ].map(inOneLine);
  if (told.length === 0) {
    const copies = secrets.reduce((sum, { copiesCounted }) => sum + copiesCounted, 0);
    return `${counted(secrets.length, 'secret', 'secrets')}, ${counted(copies, 'copy', 'copies')}`;
  }
  const needs = bad.length === 1 ? 'needs' : 'need';
  const of = `${String(bad.length)} of ${counted(secrets.length, 'secret', 'secrets')}`;
  const more = told.length - MOST_IN_HEAD;
  const list = told.slice(0, MOST_IN_HEAD).join('; ');
  const all = more > 0 ? `${list}; and ${String(more)} more` : list;
  return bad.length === 0 ? all : `${of} ${needs} attention: ${all}`;
}

/** What follows a bar is performance data to Nagios. */
function inOneLine(text: string): string {
  return printable(text).replaceAll('|', '/');
}

function secretLines(secret: SecretStatus, report: StatusReport, output: Output): string[] {
  const { name, state, policy, newest, backups, copiesCounted, copiesWanted } = secret;
  const { verifiedAt, drilledAt, drillDueAt, copies, live } = secret;
  const own = report.findings.filter((finding) => finding.secret === name);
  const known = `${String(backups.count)}${backups.more ? ' or more' : ''} known`;
  const made = newest === null ? 'none' : `${minute(newest.created)}, ${known}`;
  return [
    `${printable(name)}  ${output.paint(COLOUR[state], state)}`,
    ...columns([
      ['policy', policy === null ? null : printable(policy)],
      ['newest backup', made],
      ['copies', `${String(copiesCounted)} of ${String(copiesWanted)}`],
      ...copies.map((copy): Row => ['', printable(copyInWords(copy))]),
      ['', secret.moreCopies ? 'and older ones' : null],
      ['verified', minute(verifiedAt)],
      ['drilled', minute(drilledAt)],
      ['drill due', drillDueAt === null ? null : minute(drillDueAt)],
      ['live secret', liveInWords(live)],
    ]),
    ...own.flatMap((finding) => findingLines(finding, output)),
  ];
}

function copyInWords(copy: CopyStatus): string {
  const { where, location, host, kind, file, counts, superseded, generation } = copy;
  const { verifiedAt, verifyOutcome, drilledAt, drillOutcome } = copy;
  const place =
    kind === 'medium' ? [where, location].filter((it) => it !== null).join(', ') : where;
  const which = counts
    ? ''
    : superseded
      ? ` (generation ${String(generation)})`
      : ' (does not count)';
  const facts = [
    looked('verified', verifiedAt, verifyOutcome),
    looked('drilled', drilledAt, drillOutcome),
  ].filter((it) => it !== null);
  const on = host === null ? `on ${place}` : `in ${place}`;
  return [`${file}${which}`, on, ...facts].join('; ');
}

function looked(what: string, at: string | null, outcome: string | null): string | null {
  const failed = outcome !== null && outcome !== 'ok' ? `last time ${outcome}` : null;
  if (at === null) return failed === null ? null : `never ${what}, ${failed}`;
  return [`${what} ${minute(at)}`, failed].filter((it) => it !== null).join(', ');
}

function liveInWords({ state, at, failure }: LiveStatus): string {
  const when = at === null ? '' : `, as of ${minute(at)}`;
  switch (state) {
    case 'same':
      return `is the one that was backed up${when}`;
    case 'rotated since':
      return `was rotated since${when}`;
    case 'unreadable':
      return `could not be read: ${failure ?? ''}`;
    case 'unknown':
      return 'not compared since its newest backup';
  }
}

function houseLines({ findings }: StatusReport, output: Output): string[] {
  const house = findings.filter(({ secret }) => secret === null);
  return house.length === 0 ? [] : ['', ...house.flatMap((it) => findingLines(it, output))];
}

function findingLines({ severity, words, mend }: Finding, { paint }: Output): string[] {
  const label = severity.padEnd(8);
  return [
    `  ${paint(COLOUR[severity], label)}  ${printable(words)}`,
    ...(mend === null ? [] : [`            ${mend}`]),
  ];
}

/** A time for a person, in UTC. */
function minute(time: string | null): string {
  return time === null ? 'never' : `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

function counted(number: number, one: string, several: string): string {
  return `${String(number)} ${number === 1 ? one : several}`;
}
