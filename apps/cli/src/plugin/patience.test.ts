import { expect, test } from 'vitest';
import { HoldfastError, Secret, type PluginConversation } from '@holdfast/core';
import { patientIdentity, patientRecipient } from './patience.ts';

function missing(): Error {
  return new HoldfastError('TOKEN_NOT_FOUND', 'the token is not here', 'Insert it.');
}

/** Each question takes the next answer; then there is nobody. */
function conversationWith(...answers: (boolean | null)[]) {
  const asked: string[] = [];
  const conversation: PluginConversation = {
    tell: async (message) => {
      asked.push(message);
      return true;
    },
    requestPublic: async () => null,
    requestSecret: async () => null,
    confirm: async (message) => {
      asked.push(message);
      return answers.shift() ?? null;
    },
  };
  return { conversation, asked };
}

/** Its token is there from the look with this number on. */
function identityFrom(look: number, opens: () => Promise<Secret | null>) {
  let looks = 0;
  return {
    unwrapFileKey: async () => {
      if (++looks < look) throw missing();
      return await opens();
    },
    looks: () => looks,
  };
}

const opens = async () => Secret.fromText('sixteen bytes!!!');

test('a token that is there is used without a word', async () => {
  const { conversation, asked } = conversationWith();
  const identity = patientIdentity(identityFrom(1, opens), conversation);
  using fileKey = await identity.unwrapFileKey([]);
  expect(fileKey?.bytes).toHaveLength(16);
  expect(asked).toEqual([]);
});

test('a token that is missing is asked for until it is there', async () => {
  const { conversation, asked } = conversationWith(true, true);
  const identity = patientIdentity(identityFrom(3, opens), conversation);
  using fileKey = await identity.unwrapFileKey([]);
  expect(fileKey).not.toBe(null);
  expect(asked).toEqual(Array(2).fill('the token is not here: insert it'));
});

test('a token that is skipped opens nothing, and that is no error', async () => {
  const { conversation } = conversationWith(false);
  const identity = patientIdentity(identityFrom(9, opens), conversation);
  expect(await identity.unwrapFileKey([])).toBe(null);
});

test('without anybody to ask it is looked for again for a while', async () => {
  const { conversation, asked } = conversationWith(null);
  const inner = identityFrom(3, opens);
  using fileKey = await patientIdentity(inner, conversation).unwrapFileKey([]);
  expect(fileKey).not.toBe(null);
  // Asked, and then told.
  expect(asked).toHaveLength(2);
  expect(inner.looks()).toBe(3);
});

test('what somebody claims to have inserted for ever is not looked for for ever', async () => {
  const { conversation, asked } = conversationWith(...Array<boolean>(1000).fill(true));
  const identity = patientIdentity(identityFrom(Infinity, opens), conversation);
  expect(await identity.unwrapFileKey([])).toBe(null);
  expect(asked.length).toBeLessThan(100);
});

test('other failures are told at once', async () => {
  const { conversation, asked } = conversationWith(true);
  const failing = identityFrom(1, async () => {
    throw new HoldfastError('PIN_INCORRECT', 'wrong', 'Think.');
  });
  const opening = patientIdentity(failing, conversation).unwrapFileKey([]);
  await expect(opening).rejects.toMatchObject({ code: 'PIN_INCORRECT' });
  expect(asked).toEqual([]);
});

test('to encrypt without the token that it takes is an error', async () => {
  const { conversation } = conversationWith(false);
  const recipient = {
    labels: ['x'],
    wrapFileKey: async () => await Promise.reject(missing()),
  };
  const patient = patientRecipient(recipient, conversation);
  expect(patient.labels).toEqual(['x']);
  const wrapping = patient.wrapFileKey(new Uint8Array(16));
  await expect(wrapping).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
});
