import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret, type PinRequest, type PluginConversation } from '@holdfast/core';
import { pinsOver } from './pins-over.ts';

const request: PinRequest = {
  token: { label: 'back\u001bup', serial: '7', model: 'm', pinPad: false },
  key: null,
  tries: 'full',
};

/** A person, or nobody, at the other end. */
function conversationWith(answers: { pin: string | null; confirms?: boolean | null }) {
  const asked: string[] = [];
  const conversation: PluginConversation = {
    tell: async () => true,
    requestPublic: async () => null,
    requestSecret: async (message) => {
      asked.push(message);
      return answers.pin === null ? null : Secret.fromText(answers.pin);
    },
    confirm: async (message) => {
      asked.push(message);
      return answers.confirms ?? null;
    },
  };
  return { conversation, asked };
}

async function pinFrom(conversation: PluginConversation, tries: PinRequest['tries'] = 'full') {
  const given = await pinsOver(conversation).pin({ ...request, tries });
  if (given === null) return null;
  using pin = given.pin;
  return { text: Buffer.from(pin.bytes).toString(), typed: given.typed };
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-pins-'));
beforeEach(() => {
  process.env['CREDENTIALS_DIRECTORY'] = folder;
});
afterEach(() => {
  delete process.env['CREDENTIALS_DIRECTORY'];
  rmSync(join(folder, 'holdfast.pin'), { force: true });
});

function storePin(): void {
  writeFileSync(join(folder, 'holdfast.pin'), '4711\n');
}

test('a person is asked for the PIN of a token that is named', async () => {
  const { conversation, asked } = conversationWith({ pin: '123456' });
  expect(await pinFrom(conversation)).toEqual({ text: '123456', typed: true });
  expect(asked).toEqual(['PIN of token back\uFFFDup (serial 7):']);
});

test('a stored PIN comes first, while no wrong one was given', async () => {
  storePin();
  const { conversation, asked } = conversationWith({ pin: '123456' });
  expect(await pinFrom(conversation)).toEqual({ text: '4711', typed: false });
  expect(asked).toEqual([]);
});

test.each(['low', 'last'] as const)(
  'with tries %s a person comes first, and is warned',
  async (tries) => {
    storePin();
    const { conversation, asked } = conversationWith({ pin: '123456' });
    expect(await pinFrom(conversation, tries)).toEqual({ text: '123456', typed: true });
    expect(asked[0]).toContain('wrong PIN');
    const nobody = conversationWith({ pin: null });
    expect(await pinFrom(nobody.conversation, tries)).toEqual({ text: '4711', typed: false });
  },
);

test('without a person and a stored one there is no PIN', async () => {
  expect(await pinFrom(conversationWith({ pin: null }).conversation)).toBe(null);
});

test.each([
  [true, true],
  [false, false],
  [null, false],
])('the last try is spent only when a person says so: %s', async (confirms, expected) => {
  const { conversation } = conversationWith({ pin: null, confirms });
  expect(await pinsOver(conversation).confirmLastTry(request)).toBe(expected);
});
