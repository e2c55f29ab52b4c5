import { Gauge, Registry } from 'prom-client';
import { ageOf } from '../clock.ts';
import { FINDING_CODES, type SecretStatus, type State, type StatusReport } from './report.ts';

const STATES: readonly State[] = ['ok', 'warning', 'critical'];

/**
 * How things stand, in the Prometheus text format. What is not known has no sample. Labels are names of secrets and
 * codes only: nothing here grows with the number of backups.
 */
export async function metricsText(report: StatusReport): Promise<string> {
  const registry = new Registry();
  const registers = [registry];

  const one = (name: string, help: string, value: number): void => {
    new Gauge({ name: `holdfast_${name}`, help, registers }).set(value);
  };
  const perSecret = (
    name: string,
    help: string,
    valueOf: (secret: SecretStatus) => number | null,
  ): void => {
    const labelNames = ['secret'] as const;
    const gauge = new Gauge({ name: `holdfast_${name}`, help, labelNames, registers });
    for (const secret of report.secrets) {
      const value = valueOf(secret);
      if (value !== null) gauge.set({ secret: secret.name }, value);
    }
  };

  one('status_timestamp_seconds', 'When this was found.', seconds(report.time) ?? 0);
  one('state', 'The worst of all: 0 ok, 1 warning, 2 critical.', numberOf(report.state));
  one(
    'catalog_ok',
    'Whether the catalog can be read, or there is none yet.',
    Number(report.catalog === 'ok' || report.catalog === 'none'),
  );
  perSecret('secret_state', 'Of a secret: 0 ok, 1 warning, 2 critical.', ({ state }) =>
    numberOf(state),
  );
  perSecret(
    'backup_created_timestamp_seconds',
    'When the newest trusted backup was made.',
    ({ newest }) => seconds(newest?.created),
  );
  perSecret('backup_age_seconds', 'Age of the newest trusted backup.', ({ newest }) => {
    const age = ageOf(newest?.created ?? null, Date.parse(report.time));
    return age === null ? null : age / 1000;
  });
  perSecret(
    'copies',
    'Copies that restore the secret as it was backed up last.',
    (secret) => secret.copiesCounted,
  );
  perSecret('copies_wanted', 'How many copies there are to be.', (secret) => secret.copiesWanted);
  perSecret(
    'last_verified_timestamp_seconds',
    'When one of these copies was found to be whole last.',
    ({ verifiedAt }) => seconds(verifiedAt),
  );
  perSecret(
    'last_drill_timestamp_seconds',
    'When a drill with any copy of it was passed last.',
    ({ drilledAt }) => seconds(drilledAt),
  );
  perSecret('drill_due_timestamp_seconds', 'When the next drill is due.', ({ drillDueAt }) =>
    seconds(drillDueAt),
  );
  perSecret(
    'live_same',
    'Whether the live secret is the one that was backed up: 1 yes, 0 no.',
    ({ live }) => ({ same: 1, 'rotated since': 0, unknown: null, unreadable: null })[live.state],
  );
  perSecret(
    'live_checked_timestamp_seconds',
    'When the live secret was compared with its newest backup last.',
    ({ live }) => seconds(live.at),
  );
  const labelNames = ['code'] as const;
  const help = 'What is not as it should be, by code.';
  const findings = new Gauge({ name: 'holdfast_findings', help, labelNames, registers });
  for (const code of FINDING_CODES) {
    findings.set({ code }, report.findings.filter((finding) => finding.code === code).length);
  }
  return await registry.metrics();
}

function numberOf(state: State): number {
  return STATES.indexOf(state);
}

function seconds(time: string | null | undefined): number | null {
  return time === null || time === undefined ? null : Date.parse(time) / 1000;
}
