import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countFailures, type Failures } from './failures.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let failures: Failures;
beforeEach(() => {
  vi.useFakeTimers();
  failures = countFailures();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Fails so often that the door is closed. */
async function closeFor(from: string): Promise<void> {
  for (let count = 0; count < 11; count += 1) {
    await failures.count(from, null).catch(() => undefined);
  }
}

/** Seconds until this source may try again; `null`: it may. */
async function waitOf(from: string): Promise<number | null> {
  try {
    await failures.assertMayTry(from);
    return null;
  } catch (cause) {
    expect(cause).toMatchObject({ code: 'TOO_MANY_FAILURES' });
    return (cause as { readonly retryAfter: number }).retryAfter;
  }
}

test('ten failures are forgiven, the eleventh closes the door for a minute', async () => {
  for (let count = 0; count < 10; count += 1) await failures.count('192.0.2.1', null);
  expect(await waitOf('192.0.2.1')).toBeNull();
  await expect(failures.count('192.0.2.1', null)).rejects.toMatchObject({
    ...{ code: 'TOO_MANY_FAILURES', retryAfter: 60 },
  });
  expect(await waitOf('192.0.2.1')).toBe(60);
  expect(await waitOf('192.0.2.2')).toBeNull();
  vi.advanceTimersByTime(MINUTE);
  expect(await waitOf('192.0.2.1')).toBeNull();
});

test('the door is closed for twice as long each time, a quarter of an hour at most', async () => {
  const waits = [];
  for (let count = 0; count < 6; count += 1) {
    await closeFor('192.0.2.1');
    const wait = await waitOf('192.0.2.1');
    waits.push(wait);
    vi.advanceTimersByTime(Number(wait) * SECOND);
  }
  expect(waits).toEqual([60, 120, 240, 480, 900, 900]);
});

test('many that fail at once close it once', async () => {
  const all = Array.from({ length: 100 }, async () => await failures.count('192.0.2.1', null));
  await Promise.allSettled(all);
  expect(await waitOf('192.0.2.1')).toBe(60);
});

test('an hour without it is a new beginning', async () => {
  await closeFor('192.0.2.1');
  vi.advanceTimersByTime(61 * MINUTE);
  await closeFor('192.0.2.1');
  expect(await waitOf('192.0.2.1')).toBe(60);
});

test('a network of 64 bits is one source, the next one is another', async () => {
  for (let host = 1; host <= 11; host += 1) {
    await failures.count(`2001:db8::${host.toString(16)}`, null).catch(() => undefined);
  }
  expect(await waitOf('2001:db8::ffff')).toBe(60);
  expect(await waitOf('2001:db8:0:1::1')).toBeNull();
});

test('who is claimed from everywhere is refused, and nobody who proves it is', async () => {
  const claim = async (host: number): Promise<boolean> =>
    await failures.count(`198.51.100.${String(host)}`, 'alice');
  for (let host = 1; host <= 20; host += 1) await claim(host);
  vi.advanceTimersByTime(2 * MINUTE);
  await claim(1).catch(() => undefined);
  await expect(claim(1)).rejects.toMatchObject({ code: 'TOO_MANY_FAILURES' });
  expect(await waitOf('198.51.100.1')).toBeNull();
});

test('one failure a minute of each source is written down, and thirty of all', async () => {
  const written = async (from: string): Promise<boolean> => await failures.count(from, null);
  expect(await written('192.0.2.1')).toBe(true);
  expect(await written('192.0.2.1')).toBe(false);
  vi.advanceTimersByTime(MINUTE);
  expect(await written('192.0.2.1')).toBe(true);
  vi.advanceTimersByTime(MINUTE);
  let count = 0;
  for (let host = 0; host < 200; host += 1) {
    if (await written(`203.0.113.${String(host)}`)) count += 1;
  }
  expect(count).toBe(30);
});
