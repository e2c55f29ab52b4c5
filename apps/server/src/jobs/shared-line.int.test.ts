import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { ServiceJobState } from '@holdfast/core/service';
import { openPostgres, type PostgresServer } from '@holdfast/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { OpenService } from '../open-service.ts';
import { makeGate, type Gate } from '../testing/gate-kind.ts';
import { openTestService } from '../testing/open-service.ts';

// Two servers in this process that share one line on a real PostgreSQL.

const ALICE = { id: 'token:alice', name: 'alice', role: 'administrator' } as const;
const BOB = { id: 'token:bob', name: 'bob', role: 'administrator' } as const;
const FROM = '127.0.0.1';
const HOUR = 3_600_000;

let postgres: PostgresServer;
let folder: string;
let held: AsyncDisposableStack;
let gates: readonly [Gate, Gate];
let one: OpenService;
let two: OpenService;

beforeAll(async () => {
  postgres = await openPostgres();
}, 120_000);
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
});
beforeEach(async () => {
  held = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'holdfast-shared-'));
  held.defer(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const url = await postgres.addDatabase();
  gates = [makeGate(), makeGate()];
  const place = join(folder, 'place');
  const toml = `[catalog]\nurl = "${url}"\n[server]\nmax-jobs = 2\n`;
  // The first makes the key that both sign with, and does not have the folder yet.
  const [first, second] = [join(folder, 'one'), join(folder, 'two')];
  await mkdir(first);
  one = held.use(
    await openTestService({
      ...{ folder: first, kinds: [gates[0].kind] },
      toml: `${toml}[folders.place]\npath = "${join(folder, 'elsewhere')}"\n`,
    }),
  ).service;
  await mkdir(place);
  await cp(join(first, 'state'), join(second, 'state'), { recursive: true });
  two = held.use(
    await openTestService({
      ...{ folder: second, kinds: [gates[1].kind] },
      toml: `${toml}[folders.place]\npath = "${place}"\n`,
    }),
  ).service;
}, 60_000);
afterEach(async () => {
  vi.useRealTimers();
  await held.disposeAsync();
}, 60_000);

async function submit({ jobs }: OpenService, name: string, more: object = {}, extra: object = {}) {
  const request = { name, ...more };
  return await jobs.submit({ kind: 'gate', request, by: ALICE, from: FROM, ...extra });
}

async function until({ jobs }: OpenService, id: string, state: ServiceJobState) {
  for (let left = 400; left > 0; left -= 1) {
    const job = await jobs.find(id);
    if (job.state === state) return job;
    await after(50);
  }
  throw new Error(`${id} never was ${state}, but is ${(await jobs.find(id)).state}`);
}

function openGates(...names: string[]): void {
  for (const name of names) for (const gate of gates) gate.open(name);
}

test('what was given secrets runs where they are, whoever approves it, and is followed everywhere', async () => {
  const extra = { fourEyes: true, secrets: { password: 'a password' } };
  const { id } = await submit(one, 'a', {}, extra);
  const following = Array.fromAsync(two.jobs.follow(id, { signal: AbortSignal.timeout(20_000) }));
  await two.jobs.approve(id, BOB, FROM);
  expect(await until(two, id, 'running')).toMatchObject({ server: one.id });
  openGates('a');
  await until(two, id, 'finished');
  expect(gates.map(({ begun }) => begun)).toEqual([['a'], []]);
  const states = (await following).flatMap(({ type, detail }) =>
    type === 'state' ? [detail['state']] : [],
  );
  expect(states).toEqual(['awaiting-approval', 'queued', 'running', 'finished']);
}, 30_000);

test('what another server rejects or cancels has its secrets wiped here', async () => {
  const extra = { fourEyes: true, secrets: { password: 'a password' } };
  const rejected = await submit(one, 'a', {}, extra);
  const cancelled = await submit(one, 'b', {}, extra);
  expect(one.jobs.holding).toHaveLength(2);
  await two.jobs.reject(rejected.id, BOB, FROM);
  await two.jobs.cancel(cancelled.id, BOB, FROM);
  await vi.waitFor(() => expect(one.jobs.holding).toEqual([]), { timeout: 10_000 });
}, 30_000);

test('a job is cancelled wherever it runs', async () => {
  const { id } = await submit(one, 'a', { needs: ['folder:place'] });
  expect(await until(one, id, 'running')).toMatchObject({ server: two.id });
  await one.jobs.cancel(id, BOB, FROM);
  await until(one, id, 'cancelled');
}, 30_000);

test('no job fails for what one server does not have, while another has it and is busy', async () => {
  const running = await submit(one, 'a', { needs: ['folder:place'] });
  await until(one, running.id, 'running');
  const waiting = await submit(one, 'b', { needs: ['folder:place'] });
  const { jobs } = (await one.catalog()).service;
  await vi.waitFor(
    async () => {
      expect((await jobs.events(waiting.id)).map(({ type }) => type)).toEqual(['state', 'note']);
    },
    { timeout: 10_000, interval: 100 },
  );
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * HOUR });
  await after(6000);
  expect(await one.jobs.find(waiting.id)).toMatchObject({ state: 'queued' });
  openGates('a', 'b');
  expect(await until(one, waiting.id, 'finished')).toMatchObject({ server: two.id });
}, 60_000);

test('what nobody has fails when every server has waited for it', async () => {
  const { id } = await submit(one, 'a', { needs: ['target:nowhere'] });
  await after(6000);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * HOUR });
  expect((await until(one, id, 'failed')).failure).toMatchObject({ code: 'TARGET_UNKNOWN' });
}, 60_000);

test('servers outlive their database: what they ran is done once more, and what comes then is done', async () => {
  const { id } = await submit(one, 'a');
  await until(one, id, 'running');
  await postgres.stop();
  await after(3000);
  openGates('a', 'b');
  await postgres.start();
  expect(await until(one, id, 'finished')).toMatchObject({ attempt: 2, result: { name: 'a' } });
  const more = await submit(two, 'b');
  await until(one, more.id, 'finished');
}, 60_000);
