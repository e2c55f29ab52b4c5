import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { ServiceJobState } from '@holdfast/core/service';
import { afterEach, expect, test, vi } from 'vitest';
import type { Principal } from '../auth/principal.ts';
import type { OpenService } from '../open-service.ts';
import { makeGate } from '../testing/gate-kind.ts';
import { openTestService } from '../testing/open-service.ts';

const ALICE: Principal = { id: 'token:alice', name: 'alice', role: 'administrator' };
const BOB: Principal = { id: 'token:bob', name: 'bob', role: 'administrator' };
const FROM = '127.0.0.1';
const HOUR = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

async function submit({ jobs }: OpenService, name: string, more: object = {}, extra: object = {}) {
  const request = { name, ...more };
  return await jobs.submit({ kind: 'gate', request, by: ALICE, from: FROM, ...extra });
}

async function until({ jobs }: OpenService, id: string, state: ServiceJobState) {
  for (let left = 200; left > 0; left -= 1) {
    const job = await jobs.find(id);
    if (job.state === state) return job;
    await after(50);
  }
  throw new Error(`${id} never was ${state}, but is ${(await jobs.find(id)).state}`);
}

async function notesOf({ catalog }: OpenService, id: string): Promise<readonly unknown[]> {
  const events = await (await catalog()).service.jobs.events(id);
  return events.flatMap(({ type, detail }) => (type === 'note' ? [detail['note']] : []));
}

function passTime(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
}

test('however many come at once, no more wait than may', async () => {
  const gate = makeGate();
  const toml = '[server]\nmax-jobs = 1\nmax-waiting = 3\n';
  await using it = await openTestService({ kinds: [gate.kind], toml });
  const running = await submit(it.service, 'running');
  await until(it.service, running.id, 'running');
  const asked = Array.from({ length: 40 }, async (_, at) => await submit(it.service, String(at)));
  const answers = await Promise.allSettled(asked);
  const refused = answers.flatMap((each) =>
    each.status === 'rejected' ? [each.reason as unknown] : [],
  );
  expect(refused).toHaveLength(37);
  for (const each of refused) expect(each).toMatchObject({ code: 'OVERLOADED', retryAfter: 10 });
});

test('a request that is refused leaves none of its secrets behind', async () => {
  const gate = makeGate();
  const toml = '[server]\nmax-jobs = 1\nmax-waiting = 1\n';
  await using it = await openTestService({ kinds: [gate.kind], toml });
  const extra = { fourEyes: true, secrets: { password: 'a password' } };
  const { id } = await submit(it.service, 'first', {}, extra);
  await expect(submit(it.service, 'second', {}, extra)).rejects.toMatchObject({
    code: 'OVERLOADED',
  });
  expect(it.service.jobs.holding).toEqual([id]);
});

test('whoever asked cannot approve it under a new name', async () => {
  const gate = makeGate();
  await using it = await openTestService({ kinds: [gate.kind] });
  const { id } = await submit(it.service, 'a', {}, { fourEyes: true });
  const renamed = { ...ALICE, name: 'somebody-else' };
  const approving = it.service.jobs.approve(id, renamed, FROM);
  await expect(approving).rejects.toMatchObject({ code: 'APPROVAL_SELF' });
  expect(await it.service.jobs.find(id)).toMatchObject({ state: 'awaiting-approval' });
});

test('what waits to be approved ends at once when it is cancelled', async () => {
  const gate = makeGate();
  await using it = await openTestService({ kinds: [gate.kind] });
  const extra = { fourEyes: true, secrets: { password: 'a password' } };
  const { id } = await submit(it.service, 'a', {}, extra);
  expect(await it.service.jobs.cancel(id, BOB, FROM)).toMatchObject({ state: 'cancelled' });
  expect(it.service.jobs.holding).toEqual([]);
  await expect(it.service.jobs.approve(id, BOB, FROM)).rejects.toMatchObject({
    code: 'JOB_STATE',
  });
});

test('a job tells once what it waits for, and fails when that does not come', async () => {
  const gate = makeGate();
  await using it = await openTestService({ kinds: [gate.kind] });
  const { id } = await submit(it.service, 'a', { needs: ['target:nowhere'] });
  await vi.waitFor(async () => expect(await notesOf(it.service, id)).toHaveLength(1), {
    timeout: 10_000,
    interval: 100,
  });
  passTime(HOUR / 2);
  await after(2500);
  expect(await notesOf(it.service, id)).toEqual([expect.stringMatching(/ for target nowhere$/)]);
  expect(await it.service.jobs.find(id)).toMatchObject({ state: 'queued' });
  passTime(HOUR);
  const failed = await until(it.service, id, 'failed');
  expect(failed.failure).toMatchObject({ code: 'TARGET_UNKNOWN' });
  expect(gate.begun).toEqual([]);
}, 30_000);

test('the time that a job waited to be approved does not count', async () => {
  const gate = makeGate();
  const toml = '[server]\napprove-within = "2h"\n[folders.later]\npath = "$DIR/later"\n';
  await using it = await openTestService({ kinds: [gate.kind], toml });
  const extra = { fourEyes: true, secrets: { password: 'a password' } };
  const { id } = await submit(it.service, 'a', { needs: ['folder:later'] }, extra);
  passTime(HOUR / 2);
  await it.service.jobs.approve(id, BOB, FROM);
  await after(2500);
  expect(await it.service.jobs.find(id)).toMatchObject({ state: 'queued' });
  expect(await notesOf(it.service, id)).toHaveLength(1);
  await mkdir(join(it.folder, 'later'));
  gate.open('a');
  passTime(HOUR / 2);
  await until(it.service, id, 'finished');
}, 30_000);

test.each([
  { repeatable: true, secrets: undefined, state: 'queued' },
  { repeatable: true, secrets: { password: 'a password' }, state: 'interrupted' },
  { repeatable: false, secrets: undefined, state: 'interrupted' },
] as const)(
  'what does not end in time is $state (repeatable: $repeatable, secrets: $secrets)',
  async ({ repeatable, secrets, state }) => {
    const gate = makeGate(repeatable);
    await using it = await openTestService({ kinds: [gate.kind] });
    const { id } = await submit(it.service, 'a', {}, { secrets });
    await until(it.service, id, 'running');
    const before = performance.now();
    await it.service.jobs.stop(300);
    expect(performance.now() - before).toBeGreaterThan(290);
    expect(await it.service.jobs.find(id)).toMatchObject({ state, result: null });
  },
);

test('what is no job is told as that, also to whoever follows it', async () => {
  await using it = await openTestService();
  const signal = AbortSignal.timeout(5000);
  const id = '00000000-0000-4000-8000-000000000000';
  const events = it.service.jobs.follow(id, { signal });
  await expect(Array.fromAsync(events)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
});
