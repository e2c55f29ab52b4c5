import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FINDING_CODES, type SecretStatus, type StatusReport } from './report.ts';
import { parseExposition } from './testing/exposition.ts';
import { ago, DAY, HOUR, NOW } from './testing/views.ts';
import { metricsText } from './metrics.ts';
import { writeTextfile } from './textfile.ts';

function secret(name: string, more: Partial<SecretStatus> = {}): SecretStatus {
  return {
    ...{ name, state: 'ok', policy: null, source: null, copies: [], moreCopies: false },
    newest: { id: 'b1', generation: 1, created: ago(HOUR), signer: null },
    ...{ backups: { count: 1, more: false }, copiesCounted: 2, copiesWanted: 3 },
    ...{ verifiedAt: ago(DAY), drilledAt: ago(2 * DAY), drillDueAt: ago(-DAY) },
    live: { state: 'same', at: ago(HOUR), failure: null },
    ...more,
  };
}

function report(more: Partial<StatusReport> = {}): StatusReport {
  return {
    ...{ time: ago(0), host: 'here', state: 'ok', catalog: 'ok' },
    ...{ secrets: [secret('sso')], media: [], findings: [] },
    ...more,
  };
}

async function samples(more: Partial<StatusReport>): Promise<Record<string, object>> {
  const metrics = parseExposition(await metricsText(report(more)));
  return Object.fromEntries(
    [...metrics].map(([name, metric]) => [name, Object.fromEntries(metric.samples)]),
  );
}

test('every metric is a gauge of ours in the format that node_exporter takes, with words', async () => {
  const metrics = parseExposition(await metricsText(report()));
  expect(metrics.size).toBeGreaterThan(10);
  for (const [name, { type, help }] of metrics) {
    expect(name).toMatch(/^holdfast_[a-z_]+$/);
    expect([name, type]).toEqual([name, 'gauge']);
    expect(help).toMatch(/\.$/);
  }
});

test('each fact is a number under the name of its secret', async () => {
  expect(await samples({ state: 'warning' })).toMatchObject({
    holdfast_state: { '': 1 },
    holdfast_catalog_ok: { '': 1 },
    holdfast_status_timestamp_seconds: { '': NOW / 1000 },
    holdfast_secret_state: { 'secret="sso"': 0 },
    holdfast_backup_age_seconds: { 'secret="sso"': 3600 },
    holdfast_backup_created_timestamp_seconds: { 'secret="sso"': (NOW - HOUR) / 1000 },
    holdfast_copies: { 'secret="sso"': 2 },
    holdfast_copies_wanted: { 'secret="sso"': 3 },
    holdfast_last_verified_timestamp_seconds: { 'secret="sso"': (NOW - DAY) / 1000 },
    holdfast_last_drill_timestamp_seconds: { 'secret="sso"': (NOW - 2 * DAY) / 1000 },
    holdfast_drill_due_timestamp_seconds: { 'secret="sso"': (NOW + DAY) / 1000 },
    holdfast_live_same: { 'secret="sso"': 1 },
    holdfast_live_checked_timestamp_seconds: { 'secret="sso"': (NOW - HOUR) / 1000 },
  });
});

test('what is not known has no sample, rather than a zero', async () => {
  const nothing = {
    ...{ newest: null, verifiedAt: null, drilledAt: null, drillDueAt: null },
    live: { state: 'unknown', at: null, failure: null } as const,
  };
  const found = await samples({ secrets: [secret('sso', nothing)] });
  for (const name of [
    ...['backup_age_seconds', 'backup_created_timestamp_seconds', 'live_same'],
    ...['last_verified_timestamp_seconds', 'last_drill_timestamp_seconds'],
    ...['drill_due_timestamp_seconds', 'live_checked_timestamp_seconds'],
  ]) {
    expect(found[`holdfast_${name}`], name).toEqual({});
  }
});

test('a backup from the future has no age, and a rotated secret is not the same', async () => {
  const newest = { id: 'b1', generation: 1, created: ago(-DAY), signer: null };
  const live = { state: 'rotated since', at: ago(HOUR), failure: null } as const;
  const found = await samples({ catalog: 'lost', secrets: [secret('sso', { newest, live })] });
  expect(found).toMatchObject({
    holdfast_backup_age_seconds: {},
    holdfast_live_same: { 'secret="sso"': 0 },
    holdfast_catalog_ok: { '': 0 },
  });
  expect(found['holdfast_backup_age_seconds']).toEqual({});
});

test('there is one sample for each code, whether it was found or not', async () => {
  const finding = { severity: 'warning', words: '', mend: null } as const;
  const found = await samples({
    findings: [
      { ...finding, code: 'one-host', secret: 'a' },
      { ...finding, code: 'one-host', secret: 'b' },
    ],
  });
  const codes = Object.fromEntries(FINDING_CODES.map((code) => [`code="${code}"`, 0]));
  expect(found['holdfast_findings']).toEqual({ ...codes, 'code="one-host"': 2 });
});

test('a name with quotes, backslashes and lines stays one label', async () => {
  const found = await samples({ secrets: [secret('a"b\\c\nd')] });
  expect(found['holdfast_copies']).toEqual({ 'secret="a\\"b\\\\c\\nd"': 2 });
});

test('the file can be read by anyone, replaces the former one as a whole, and leaves nothing beside', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-textfile-'));
  try {
    const path = join(folder, 'holdfast.prom');
    await writeFile(path, 'former', { mode: 0o600 });
    const before = (await stat(path)).ino;
    await writeTextfile(path, report());
    expect(await readdir(folder)).toEqual(['holdfast.prom']);
    const { mode, ino } = await stat(path);
    expect(mode & 0o777).toBe(0o644);
    expect(ino).not.toBe(before);
    expect(parseExposition(await readFile(path, 'utf8')).has('holdfast_state')).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a folder that is not there is an error, and nothing is made', async () => {
  const path = join(tmpdir(), 'holdfast-no-such-folder', 'holdfast.prom');
  await expect(writeTextfile(path, report())).rejects.toMatchObject({
    code: 'DESTINATION_INVALID',
  });
});
