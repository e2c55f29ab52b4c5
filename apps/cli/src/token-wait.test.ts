import { expect, test } from 'vitest';
import { assertWait, waitingForTokens } from './token-wait.ts';

const WANTED = [
  { label: 'backup', serial: '1' },
  { label: 'spare\n', serial: '2' },
];

function waiting(
  seconds: number | undefined,
  { person = false, signal = new AbortController().signal } = {},
): { wait: ReturnType<typeof waitingForTokens>; notes: string[] } {
  const notes: string[] = [];
  const wait = waitingForTokens(seconds, {
    signal,
    hasPerson: async () => await Promise.resolve(person),
    note: (text) => void notes.push(text),
  });
  return { wait, notes };
}

test('with 0 nobody waits, and nothing is said', async () => {
  const { wait, notes } = waiting(0, { person: true });
  expect(await wait({ wanted: WANTED, attempt: 1 })).toBe(false);
  expect(notes).toEqual([]);
});

test('what is missing is said once, on one line, however often it is looked for', async () => {
  const { wait, notes } = waiting(undefined, { person: true });
  expect(await wait({ wanted: WANTED, attempt: 1 })).toBe(true);
  expect(await wait({ wanted: WANTED, attempt: 2 })).toBe(true);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^Insert .*backup.*serial 1.*spare.*serial 2.*Ctrl-C\.$/);
});

test('the wait ends when its time is over', async () => {
  const { wait } = waiting(0.01);
  let attempt = 1;
  while (await wait({ wanted: [], attempt })) attempt += 1;
  expect(await wait({ wanted: [], attempt })).toBe(false);
});

test('a person can end it at any time', async () => {
  const controller = new AbortController();
  const { wait } = waiting(3600, { signal: controller.signal });
  const waited = wait({ wanted: WANTED, attempt: 1 });
  controller.abort();
  await expect(waited).rejects.toThrow();
});

test.each([-1, 86_401, Infinity])('%s is no time to wait', async (seconds) => {
  await expect(assertWait(seconds)).rejects.toMatchObject({ code: 'USAGE' });
});
