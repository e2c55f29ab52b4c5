import { setTimeout as after } from 'node:timers/promises';
import type { ServiceJobState } from '@holdfast/core/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Principal } from '../auth/principal.ts';
import { makeGate, type Gate } from '../testing/gate-kind.ts';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

const ALICE: Principal = { id: 'token:alice', name: 'alice', role: 'administrator' };
const BOB: Principal = { id: 'token:bob', name: 'bob', role: 'administrator' };
const OTTO: Principal = { id: 'token:otto', name: 'otto', role: 'operator' };
const FROM = '127.0.0.1';

let gate: Gate;
let server: TestServer;
beforeEach(async () => {
  gate = makeGate();
  server = await openTestServer({
    kinds: [gate.kind],
    toml: '[server]\nmax-jobs = 2\nmax-waiting = 3\n',
  });
});
afterEach(async () => {
  for (const name of ['a', 'b', 'c', 'd']) gate.open(name);
  await server[Symbol.asyncDispose]();
});

async function submit(name: string, more: object = {}, by = ALICE, extra: object = {}) {
  const request = { name, ...more };
  return await server.server.service.jobs.submit({
    kind: 'gate',
    request,
    by,
    from: FROM,
    ...extra,
  });
}

async function until(id: string, ...states: ServiceJobState[]) {
  for (let left = 100; left > 0; left -= 1) {
    const job = await server.server.service.jobs.find(id);
    if (states.includes(job.state)) return job;
    await after(50);
  }
  throw new Error(`${id} never was ${states.join(' or ')}`);
}

describe('the line', () => {
  test('so many run at once, the others wait, and more than may wait are refused with a time', async () => {
    const [one, two] = [await submit('a'), await submit('b')];
    await until(one.id, 'running');
    await until(two.id, 'running');
    for (let count = 0; count < 3; count += 1) await submit('c');
    await expect(submit('d')).rejects.toMatchObject({ code: 'OVERLOADED', retryAfter: 10 });
    expect(gate.begun).toEqual(['a', 'b']);
    gate.open('a');
    await until(one.id, 'finished');
    await submit('d');
  });

  test('two that need the same wait for each other, others do not', async () => {
    const one = await submit('a', { needs: ['secret:x'] });
    const two = await submit('b', { needs: ['secret:x'] });
    const three = await submit('c');
    await until(three.id, 'running');
    expect((await server.server.service.jobs.find(two.id)).state).toBe('queued');
    gate.open('a');
    await until(one.id, 'finished');
    await until(two.id, 'running');
  });

  test('a failure is told with its code, a defect is told as that and no more', async () => {
    gate.open('a');
    const failed = await until((await submit('a', { then: 'fail' })).id, 'failed');
    expect(failed.failure).toMatchObject({ code: 'BACKUP_DAMAGED' });
    const defect = await until((await submit('a', { then: 'throw' })).id, 'failed');
    expect(defect.failure).toMatchObject({ code: 'INTERNAL' });
    expect(JSON.stringify(defect)).not.toContain('hunter2-4711');
  });
});

describe('following', () => {
  test('all events come in their order, and again from any of them on', async () => {
    const { id } = await submit('a');
    await until(id, 'running');
    gate.open('a');
    const lines = async (headers: Record<string, string>): Promise<string[]> => {
      const { text } = await server.call('GET', `/v1/jobs/${id}/events`, undefined, headers);
      return text.split('\n').filter((line) => line.startsWith('id: '));
    };
    const all = await lines({});
    expect(all).toEqual(all.map((_, at) => `id: ${String(at + 1)}`));
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(await lines({ 'last-event-id': '2' })).toEqual(all.slice(2));
    expect(await lines({ 'last-event-id': String(all.length) })).toEqual([]);
  });

  test('a thousand listeners hear of the end', async () => {
    const { id } = await submit('a');
    const listeners = Array.from({ length: 1000 }, async () => {
      const told: string[] = [];
      const { jobs } = server.server.service;
      const signal = AbortSignal.timeout(20_000);
      for await (const event of jobs.follow(id, { signal })) told.push(event.type);
      return told;
    });
    await until(id, 'running');
    gate.open('a');
    const heard = await Promise.all(listeners);
    expect(new Set(heard.map((each) => each.join()))).toHaveLength(1);
  });
});

describe('cancelling', () => {
  test('what waits is gone at once, what runs ends, and what has ended stays', async () => {
    const { jobs } = server.server.service;
    const running = await submit('a');
    await submit('b');
    const waiting = await submit('c');
    await until(running.id, 'running');
    expect(await jobs.cancel(waiting.id, BOB, FROM)).toMatchObject({ state: 'cancelled' });
    await jobs.cancel(running.id, BOB, FROM);
    await until(running.id, 'cancelled');
    await expect(jobs.cancel(running.id, BOB, FROM)).rejects.toMatchObject({ code: 'JOB_STATE' });
    const { rows } = await (await server.server.service.catalog()).audit({ action: 'job.cancel' });
    expect(rows.map(({ actor }) => actor.who)).toEqual(['bob', 'bob']);
  });

  test('an operator cancels only what they asked for', async () => {
    const { jobs } = server.server.service;
    const theirs = await submit('a');
    await expect(jobs.cancel(theirs.id, OTTO, FROM)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const own = await submit('b', {}, OTTO);
    await jobs.cancel(own.id, OTTO, FROM);
    await until(own.id, 'cancelled');
  });
});

describe('four eyes', () => {
  test('nothing runs before another administrator has approved it; both are in the audit log', async () => {
    const { jobs, catalog } = server.server.service;
    const { id } = await submit('a', {}, ALICE, { fourEyes: true });
    await after(200);
    expect(gate.begun).toEqual([]);
    await expect(jobs.approve(id, ALICE, FROM)).rejects.toMatchObject({ code: 'APPROVAL_SELF' });
    const twin = { ...ALICE, id: 'certificate:alice', name: 'Alice' };
    await expect(jobs.approve(id, twin, FROM)).rejects.toMatchObject({ code: 'APPROVAL_SELF' });
    await jobs.approve(id, BOB, FROM);
    gate.open('a');
    expect(await until(id, 'finished')).toMatchObject({ approval: { by: 'bob' } });
    const { rows } = await (await catalog()).audit({ job: id });
    const told = rows.map(({ event, actor }) => `${event.action} ${actor.who}`);
    expect(told).toContain('approval.ask alice');
    expect(told).toContain('approval.give bob');
    await expect(jobs.approve(id, BOB, FROM)).rejects.toMatchObject({ code: 'JOB_STATE' });
  });

  test('what is rejected never runs, and its secrets are wiped', async () => {
    const secrets = { password: 'a password' };
    const { id } = await submit('a', {}, ALICE, { fourEyes: true, secrets });
    expect(server.server.service.jobs.holding).toEqual([id]);
    await server.server.service.jobs.reject(id, BOB, FROM);
    expect(server.server.service.jobs.holding).toEqual([]);
    expect(gate.begun).toEqual([]);
  });

  test('what nobody approves in time expires, and its secrets are wiped', async () => {
    await server[Symbol.asyncDispose]();
    const toml = '[server]\napprove-within = "1s"\nfour-eyes = ["import"]\n';
    server = await openTestServer({ kinds: [gate.kind], toml });
    const secrets = { password: 'a password' };
    const { id } = await submit('a', {}, ALICE, { fourEyes: true, secrets });
    await until(id, 'expired');
    expect(server.server.service.jobs.holding).toEqual([]);
    const imported = await server.call('PUT', '/v1/secrets/x/value', Buffer.from('value'));
    expect(imported.json).toMatchObject({ state: 'awaiting-approval' });
    const self = await server.call('POST', `/v1/jobs/${String(imported.json['id'])}/approve`);
    expect(self.json).toMatchObject({ status: 403, code: 'APPROVAL_SELF' });
  });
});

describe('secrets', () => {
  test('a job has them while it runs, and nobody has them after it', async () => {
    const secrets = { password: 'a password', identities: 'AGE-SECRET-KEY-1X' };
    const { id } = await submit('a', {}, ALICE, { secrets });
    await until(id, 'running');
    expect(Buffer.from(gate.secrets.get('a')?.password?.bytes ?? []).toString()).toBe('a password');
    gate.open('a');
    await until(id, 'finished');
    await after(50);
    const had = gate.secrets.get('a');
    expect(() => had?.password?.bytes).toThrow();
    expect(() => had?.identities?.bytes).toThrow();
  });
});

describe('ending and beginning again', () => {
  test('what runs may end; what waits for its secrets is interrupted, and the rest waits for the next server', async () => {
    const running = await submit('a');
    await submit('b');
    const free = await submit('c');
    const secrets = { password: 'a password' };
    const pinned = await submit('c', {}, ALICE, { secrets });
    await until(running.id, 'running');
    gate.open('a');
    gate.open('b');
    const { folder } = server;
    const ending = server.server[Symbol.asyncDispose]();
    await ending;
    const next = makeGate();
    next.open('c');
    server = await openTestServer({ kinds: [next.kind], folder });
    expect(await until(running.id, 'finished')).toMatchObject({ attempt: 1 });
    expect(await until(pinned.id, 'interrupted')).toMatchObject({
      failure: { code: 'INTERRUPTED' },
    });
    await until(free.id, 'finished');
  });
});
