import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { FINDING_CODES } from './report.ts';
import { parseExposition } from './testing/exposition.ts';
import { metricsText } from './metrics.ts';

const docs = await readFile(new URL('../../../../docs/status.md', import.meta.url), 'utf8');

test('the documentation tells when each code is found, and of none that there is not', () => {
  const told = [...docs.matchAll(/^\| `([a-z]+(?:-[a-z]+)+)` /gm)].map(([, code]) => code);
  expect(told).toEqual([...FINDING_CODES]);
});

test('the documentation lists each metric, and none that there is not', async () => {
  const empty = { time: '2026-08-01T12:00:00.000Z', host: 'here', secrets: [], media: [] };
  const report = { ...empty, findings: [], state: 'ok', catalog: 'ok' } as const;
  const metrics = [...parseExposition(await metricsText(report)).keys()];
  const rows = docs.split('\n').filter((line) => line.startsWith('| `holdfast_'));
  const told = rows.flatMap((row) => row.match(/holdfast_[a-z_]+/g) ?? []);
  expect(told.toSorted()).toEqual(metrics.toSorted());
});
