import { Secret } from '@holdfast/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPinAgent } from './open-pin-agent.ts';

const TOKEN = { label: 'kek', serial: '4711' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function asked(tries: 'full' | 'low' | 'last' = 'full', token = TOKEN) {
  return { token: { ...token, model: '', pinPad: false }, key: null, tries };
}

test('a PIN is given for its own token alone, and each time as a copy', async () => {
  using agent = openPinAgent();
  agent.keep(TOKEN, Secret.fromText('1234'), 60);
  expect(await agent.pin(asked('full', { label: 'kek', serial: '4712' }))).toBe(null);
  expect(await agent.pin(asked('full', { label: 'kek4', serial: '711' }))).toBe(null);
  for (let times = 0; times < 2; times += 1) {
    using given = (await agent.pin(asked()))?.pin;
    expect(Buffer.from(given?.bytes ?? []).toString()).toBe('1234');
  }
});

test('a PIN that nobody uses is wiped; whoever uses it has it stay', async () => {
  using agent = openPinAgent();
  const pin = Secret.fromText('1234');
  agent.keep(TOKEN, pin, 60);
  vi.advanceTimersByTime(59_000);
  (await agent.pin(asked()))?.pin[Symbol.dispose]();
  expect(agent.kept).toMatchObject([
    { ...TOKEN, until: new Date(Date.now() + 60_000).toISOString() },
  ]);
  vi.advanceTimersByTime(59_000);
  expect(pin.bytes).toHaveLength(4);
  vi.advanceTimersByTime(1000);
  expect(() => pin.bytes).toThrow();
  expect(await agent.pin(asked())).toBe(null);
  expect(agent.kept).toEqual([]);
});

test('a PIN that the token refused is not given again', async () => {
  using agent = openPinAgent();
  const pin = Secret.fromText('1234');
  agent.keep(TOKEN, pin, 60);
  (await agent.pin(asked()))?.pin[Symbol.dispose]();
  expect(await agent.pin(asked('low'))).toBe(null);
  expect(() => pin.bytes).toThrow();
});

test('what a person hands over counts as typed once; what was stored never does', async () => {
  using agent = openPinAgent();
  agent.keep(TOKEN, Secret.fromText('1234'), 60);
  expect(await agent.pin(asked('low'))).toMatchObject({ typed: true });
  expect(await agent.pin(asked())).toMatchObject({ typed: false });
  agent.keep(TOKEN, Secret.fromText('1234'), null);
  expect(await agent.pin(asked())).toMatchObject({ typed: false });
  expect(await agent.pin(asked('low'))).toBe(null);
  expect(await agent.confirmLastTry(asked('last'))).toBe(false);
});

test('a stored PIN stays however long nobody uses it, and all are wiped at the end', () => {
  using agent = openPinAgent();
  const [one, two] = [Secret.fromText('1234'), Secret.fromText('5678')];
  agent.keep(TOKEN, one, null);
  agent.keep(TOKEN, two, null);
  expect(() => one.bytes).toThrow();
  vi.advanceTimersByTime(30 * 86_400_000);
  expect(agent.kept).toEqual([{ ...TOKEN, until: null }]);
  expect(two.bytes).toHaveLength(4);
  agent[Symbol.dispose]();
  expect(() => two.bytes).toThrow();
});

test('a PIN that is forgotten is wiped', () => {
  using agent = openPinAgent();
  const pin = Secret.fromText('1234');
  agent.keep(TOKEN, pin, 60);
  expect(agent.forget(TOKEN)).toBe(true);
  expect(() => pin.bytes).toThrow();
  expect(agent.forget(TOKEN)).toBe(false);
});
