import { mkdtemp, writeFile } from 'node:fs/promises';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PinRequest } from '@holdfast/core';
import { Secret } from '@holdfast/core';
import { expect, test } from 'vitest';
import { pinsFrom, type PinArgs, type Pins } from './pins.ts';
import type { Terminal } from './prompt.ts';

function request(serial: string, tries: PinRequest['tries'] = 'full'): PinRequest {
  const token = { label: 'lab\u001b[2J', serial, model: 'SoftHSM v2', pinPad: false };
  return { token, key: null, tries };
}

async function pinFile(pin: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'holdfast-pins-')), 'pin');
  await writeFile(path, pin, { mode: 0o600 });
  return path;
}

function pinsWith(args: PinArgs, person: Terminal | null = null): Pins {
  return pinsFrom(args, {
    atTerminal: async () => await Promise.resolve(person),
    note: () => undefined,
  });
}

async function given(pins: Pins, asked: PinRequest): Promise<unknown> {
  const answer = await pins.pin(asked);
  using pin = answer?.pin;
  return answer && { pin: Buffer.from(pin?.bytes ?? []).toString(), typed: answer.typed };
}

/** A person who answers every question alike. */
function personWho(answers: string): { person: Terminal; heard: string[] } {
  const heard: string[] = [];
  const person: Terminal = {
    password: async (label) => {
      heard.push(label);
      return await Promise.resolve(Secret.fromText(answers));
    },
    line: async (label) => {
      heard.push(label);
      return await Promise.resolve(answers);
    },
    say: (text) => void heard.push(text),
    [Symbol.dispose]: () => undefined,
  };
  return { person, heard };
}

test('a PIN from a descriptor is read once and serves every token', async () => {
  using pins = pinsWith({ pinFd: openSync(await pinFile('1234\n'), 'r') });
  expect(await given(pins, request('1'))).toEqual({ pin: '1234', typed: false });
  expect(await given(pins, request('2'))).toEqual({ pin: '1234', typed: false });
  expect(await given(pins, request('1'))).toEqual({ pin: '1234', typed: false });
});

test('a stored PIN is not given again to a token that has seen a wrong one since', async () => {
  using pins = pinsWith({ pinFile: await pinFile('1234') });
  await given(pins, request('1'));
  expect(await given(pins, request('1', 'low'))).toBeNull();
  expect(await given(pins, request('2'))).toEqual({ pin: '1234', typed: false });
});

test('without a terminal there is no PIN, and the last try is not spent', async () => {
  using pins = pinsWith({});
  expect(await given(pins, request('1'))).toBeNull();
  expect(await pins.confirmLastTry(request('1', 'last'))).toBe(false);
});

test('a person is told which token asks, in printable characters, and when tries are low', async () => {
  const { person, heard } = personWho('1234');
  using pins = pinsWith({}, person);
  expect(await given(pins, request('7', 'low'))).toEqual({ pin: '1234', typed: true });
  expect(heard).toHaveLength(2);
  expect(heard.join()).toContain('serial 7');
  expect(heard.join()).not.toContain('\u001b');
});

test.each([
  ['yes', true],
  ['y', false],
  ['', false],
])('the last try is spent only after a whole yes: %j', async (answer, spent) => {
  const { person } = personWho(answer);
  using pins = pinsWith({}, person);
  expect(await pins.confirmLastTry(request('1', 'last'))).toBe(spent);
});

test('a PIN comes from a file or from a descriptor, not from both', async () => {
  using pins = pinsWith({ pinFile: await pinFile('1'), pinFd: 3 });
  await expect(pins.pin(request('1'))).rejects.toMatchObject({ code: 'USAGE' });
});
