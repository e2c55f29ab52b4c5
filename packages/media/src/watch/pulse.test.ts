import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { openPulse, type ListenToUsb, type Pulse } from './pulse.ts';
import { pass } from './timers.fixture.ts';

vi.mock('node:timers/promises', async () => (await import('./timers.fixture.ts')).promisedTimers());

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const nobody: ListenToUsb = async () => async () => undefined;

/** Counts the beats from now on. */
function count(pulse: Pulse, signal?: AbortSignal): { beats: number; ended: Promise<unknown> } {
  const counted = { beats: 0, ended: Promise.resolve() as Promise<unknown> };
  counted.ended = (async () => {
    for (;;) {
      await pulse.next(signal);
      counted.beats += 1;
    }
  })().catch((cause: unknown) => cause);
  return counted;
}

test('it beats every other second by itself', async () => {
  const abort = new AbortController();
  await using pulse = await openPulse(nobody);
  const counted = count(pulse, abort.signal);
  await pass(20_000);
  expect(counted.beats).toBe(10);
  abort.abort();
  await counted.ended;
});

test('an event makes it beat at once, and quickly for a while', async () => {
  const abort = new AbortController();
  let event = (): void => undefined;
  await using pulse = await openPulse(async (onEvent) => {
    event = onEvent;
    return async () => undefined;
  });
  const counted = count(pulse, abort.signal);
  await pass(1000);
  expect(counted.beats).toBe(0);
  event();
  await pass(0);
  expect(counted.beats).toBe(1);
  await pass(1000);
  expect(counted.beats).toBe(5);
  await pass(10_000);
  const calm = counted.beats;
  await pass(10_000);
  expect(counted.beats - calm).toBe(5);
  abort.abort();
  await counted.ended;
});

test('however many events there are, it beats a few times in a second', async () => {
  const abort = new AbortController();
  let event = (): void => undefined;
  await using pulse = await openPulse(async (onEvent) => {
    event = onEvent;
    return async () => undefined;
  });
  const counted = count(pulse, abort.signal);
  for (let at = 0; at < 1000; at += 1) {
    event();
    await pass(1);
  }
  expect(counted.beats).toBeGreaterThan(0);
  expect(counted.beats).toBeLessThanOrEqual(5);
  abort.abort();
  await counted.ended;
});

test('who gives up is let go at once, and no timer is left', async () => {
  const abort = new AbortController();
  await using pulse = await openPulse(nobody);
  const counted = count(pulse, abort.signal);
  await pass(100);
  expect(vi.getTimerCount()).toBe(1);
  abort.abort();
  expect(await counted.ended).toMatchObject({ name: 'AbortError' });
  expect(counted.beats).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('in the end nothing listens any more', async () => {
  let listening = 0;
  {
    await using _pulse = await openPulse(async () => {
      listening += 1;
      return async () => {
        listening -= 1;
      };
    });
    expect(listening).toBe(1);
  }
  expect(listening).toBe(0);
});

test('whatever there is of USB here, a process that listened to it ends', async () => {
  vi.useRealTimers();
  const script = `
    const { openPulse } = await import(${JSON.stringify(new URL('pulse.ts', import.meta.url).href)});
    { await using pulse = await openPulse(); }
    console.log('done');`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toBe('done\n');
});
