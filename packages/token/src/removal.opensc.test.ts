import { createPublicKey, publicEncrypt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, Secret } from '@holdfast/age';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openModule } from './module/open-module.ts';
import type { KeyPlace, TokenModule, TokenPlace } from './ports.ts';
import { openSmartcard, PivCard, type Smartcard } from './testing/index.ts';

// OpenSC 0.23 locks itself up when the card leaves between two commands of one operation and pcscd has not
// noticed it yet: then the deadline ends its process.
const DEADLINES = { ask: 10_000, operate: 10_000 };
const PULLED = ['TOKEN_REMOVED', 'TOKEN_FAILED', 'MODULE_TIMEOUT', 'PIN_NEEDED'];
const PATIENCE = { timeout: 180_000 };

let smartcard: Smartcard;

beforeAll(async () => {
  smartcard = await openSmartcard({ keys: { '9a': 'p256', '9c': 'rsa2048', '9d': 'rsa2048' } });
  Object.assign(process.env, smartcard.environment);
});

afterAll(async () => {
  await smartcard[Symbol.asyncDispose]();
});

describe('a card that is pulled', () => {
  it('before anything is listed is not there', PATIENCE, async () => {
    await using module = openModule({ path: smartcard.module }, { deadlines: DEADLINES });
    const place = await placeOf(module);
    await pull(module);
    expect(await codeOf(module.objects(place))).toBe('TOKEN_REMOVED');
    expect(await codeOf(module.isLoggedIn(place))).toBe('TOKEN_REMOVED');
    await comesBack(module);
  });

  it('after it was listed cannot be logged in to, and loses no try', PATIENCE, async () => {
    await using module = openModule({ path: smartcard.module }, { deadlines: DEADLINES });
    const place = await placeOf(module);
    await module.objects(place);
    await pull(module);
    const before = smartcard.card.pinsVerified;
    expect(await codeOf(login(module, place))).toBe('TOKEN_REMOVED');
    expect(smartcard.card.pinsVerified).toBe(before);
    await comesBack(module);
  });

  it.for([0, 1, 2, 3])(
    'during the login, at command %d, fails with a typed error',
    PATIENCE,
    async (commands) => {
      await using module = openModule({ path: smartcard.module }, { deadlines: DEADLINES });
      const place = await placeOf(module);
      smartcard.reader.removeAfter(commands);
      const code = await codeOf(login(module, place));
      if (smartcard.reader.inserted) expect(code).toBeNull();
      else expect(PULLED).toContain(code);
      await smartcard.reader.remove();
      await comesBack(module);
      expect(smartcard.card.triesLeft).toBe(3);
    },
  );

  it.for([0, 1, 2, 3])(
    'during the operation, at command %d, fails with a typed error',
    PATIENCE,
    async (commands) => {
      await using module = openModule({ path: smartcard.module }, { deadlines: DEADLINES });
      const place = await placeOf(module);
      await login(module, place);
      smartcard.reader.removeAfter(commands);
      expect(PULLED).toContain(await codeOf(decrypts(module, place)));
      expect(smartcard.reader.inserted).toBe(false);
      await comesBack(module);
    },
  );

  it('after an operation fails the next one', PATIENCE, async () => {
    await using module = openModule({ path: smartcard.module }, { deadlines: DEADLINES });
    const place = await placeOf(module);
    await login(module, place);
    await decrypts(module, place);
    await pull(module);
    expect(PULLED).toContain(await codeOf(decrypts(module, place)));
    expect(PULLED).toContain(await codeOf(decrypts(module, place)));
    await comesBack(module);
  });

  it('and replaced by another one is not taken for it', PATIENCE, async () => {
    await using module = openModule({ path: smartcard.module }, { deadlines: DEADLINES });
    const place = await placeOf(module);
    await login(module, place);
    await pull(module);
    const other = new PivCard({ keys: { '9d': smartcard.card.key('9d') } });
    await smartcard.reader.insert(other);
    await eventually(module, true);
    expect(await codeOf(login(module, place))).toBe('TOKEN_REMOVED');
    expect(await codeOf(decrypts(module, place))).toBe('TOKEN_REMOVED');
    expect(other.pinsVerified).toBe(0);
    await smartcard.reader.remove();
    await comesBack(module);
  });
});

async function placeOf(module: TokenModule): Promise<TokenPlace> {
  const slots = await module.slots();
  const slot = slots.find(({ token }) => token !== null);
  if (!slot?.token) throw new Error('there is no card');
  return { slot: slot.id, label: slot.token.label, serial: slot.token.serial };
}

async function login(module: TokenModule, place: TokenPlace): Promise<void> {
  using pin = Secret.fromText(smartcard.card.pin);
  await module.login(place, pin);
}

async function decrypts(module: TokenModule, token: TokenPlace): Promise<void> {
  const message = Buffer.from('a message');
  const key = createPublicKey({ key: smartcard.card.publicKey('9d'), format: 'der', type: 'spki' });
  const ciphertext = publicEncrypt({ key, oaepHash: 'sha256' }, message);
  const place: KeyPlace = { token, class: 'private', id: '03', label: 'KEY MAN key' };
  const method = { kind: 'oaep', hash: 'sha256', label: null } as const;
  using opened = await module.decrypt(place, method, ciphertext);
  expect(Buffer.from(opened.bytes)).toEqual(message);
}

async function codeOf(promise: Promise<unknown>): Promise<string | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return String(error.code);
  }
}

async function pull(module: TokenModule): Promise<void> {
  await smartcard.reader.remove();
  await eventually(module, false);
}

/** In the same module: the card is listed again, takes its PIN and decrypts. */
async function comesBack(module: TokenModule): Promise<void> {
  await smartcard.reader.insert(smartcard.card);
  await eventually(module, true);
  const place = await placeOf(module);
  await login(module, place);
  await decrypts(module, place);
  expect(smartcard.card.triesLeft).toBe(3);
}

/** Until pcscd has told OpenSC. */
async function eventually(module: TokenModule, present: boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const slots = await module.slots();
    if (slots.some(({ token }) => token !== null) === present) return;
    if (Date.now() > deadline) throw new Error(`the card is ${present ? 'not ' : ''}there`);
    await sleep(100);
  }
}
