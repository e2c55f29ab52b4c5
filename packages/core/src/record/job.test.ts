import type { CatalogEvent } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { coreError } from '../errors.ts';
import type { Recorder } from '../ports.ts';
import { asJob } from './job.ts';

function remembering(): Recorder & { readonly acts: CatalogEvent[][] } {
  const acts: CatalogEvent[][] = [];
  return {
    acts,
    warnings: [],
    async record(events) {
      acts.push([...events]);
    },
  };
}

const JOB = { kind: 'backup', secret: 'sso', places: [] };
const MADE: CatalogEvent = { action: 'init', outcome: 'ok', detail: { made: [] } };

test('work is recorded before it begins, and its result together with its end', async () => {
  const recorder = remembering();
  const result = await asJob({ recorder }, JOB, async (begin) => {
    await begin({ backup: 'b' });
    expect(recorder.acts).toHaveLength(1);
    return { result: 1, events: [MADE] };
  });
  expect(result).toBe(1);
  const [[began], ended] = recorder.acts as [[CatalogEvent], CatalogEvent[]];
  expect(began).toMatchObject({ action: 'job.begin', secret: 'sso', backup: 'b' });
  expect(began.detail).toMatchObject({ kind: 'backup', pid: process.pid });
  expect(ended).toMatchObject([
    { action: 'init', job: began.job },
    { action: 'job.end', outcome: 'ok', job: began.job, backup: 'b' },
  ]);
});

test('a failure is recorded by its code, and thrown as it is', async () => {
  const recorder = remembering();
  const failure = coreError('SOURCE_EMPTY', 'it is empty');
  const work = asJob({ recorder }, JOB, async (begin) => {
    await begin();
    throw failure;
  });
  await expect(work).rejects.toBe(failure);
  expect(recorder.acts.flat().map(({ action, outcome }) => [action, outcome])).toEqual([
    ['job.begin', 'ok'],
    ['job.end', 'SOURCE_EMPTY'],
  ]);
});

test('what fails before it begins is recorded in one act', async () => {
  const recorder = remembering();
  const work = asJob({ recorder }, JOB, async () => {
    throw new Error('a defect that says a secret');
  });
  await expect(work).rejects.toThrow();
  expect(recorder.acts).toHaveLength(1);
  expect(recorder.acts[0]?.map(({ outcome }) => outcome)).toEqual(['ok', 'INTERNAL']);
  expect(JSON.stringify(recorder.acts)).not.toContain('says a secret');
});

test('without a recorder, work is done all the same', async () => {
  const work = async () => ({ result: 'done', events: [MADE] });
  expect(await asJob({}, JOB, work)).toBe('done');
});
