import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decrypt, encrypt, Secret } from '@holdfast/age';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Tokens } from './ports.ts';
import { openSmartcard, PivCard, type Smartcard } from './testing/index.ts';
import { openTokens } from './tokens.ts';

const TOKEN = 'pkcs11:token=Virtual%20holder';
const MANAGEMENT = `${TOKEN};id=%03`;
const SIGNATURE = `${TOKEN};id=%02`;
const AUTHENTICATION = `${TOKEN};id=%01`;
const MESSAGE = Buffer.from('what only the card can open');

let smartcard: Smartcard;
let folder: string;
let asked: number;

beforeAll(async () => {
  smartcard = await openSmartcard({ keys: { '9a': 'p256', '9c': 'rsa2048', '9d': 'rsa2048' } });
  Object.assign(process.env, smartcard.environment);
});

afterAll(async () => {
  await smartcard[Symbol.asyncDispose]();
});

beforeEach(async () => {
  asked = 0;
  folder = await mkdtemp(join(tmpdir(), 'holdfast-cards-'));
  return async () => await rm(folder, { recursive: true, force: true });
});

describe('a PIV card through OpenSC', { timeout: 120_000 }, () => {
  it('is sealed to by an EC key, an RSA key, and one that takes the PIN at every use', async () => {
    await using tokens = open();
    for (const name of [AUTHENTICATION, MANAGEMENT, SIGNATURE]) {
      const { recipient, identity } = await tokens.find(name);
      const file = await encrypt(MESSAGE, [recipient]);
      expect(Buffer.from(await decrypt(file, [identity]))).toEqual(MESSAGE);
    }
    expect(smartcard.card.triesLeft).toBe(3);
  });

  it('needs no PIN to be sealed to', async () => {
    const before = smartcard.card.pinsVerified;
    await using tokens = open();
    const { recipient } = await tokens.find(MANAGEMENT);
    expect(String(recipient)).toMatch(/^ssh-rsa AAAA/);
    await encrypt(MESSAGE, [recipient]);
    expect(smartcard.card.pinsVerified).toBe(before);
    expect(asked).toBe(0);
  });

  it('gets one PIN for many files', async () => {
    await using tokens = open();
    const { recipient, identity } = await tokens.find(MANAGEMENT);
    const file = await encrypt(MESSAGE, [recipient]);
    const before = smartcard.card.pinsVerified;
    for (let time = 0; time < 5; time++) await decrypt(file, [identity]);
    expect(smartcard.card.pinsVerified).toBe(before + 1);
    expect(asked).toBe(1);
  });

  it('that is pulled is not found, and found again when it is back', async () => {
    await using tokens = open();
    const { recipient, identity } = await tokens.find(MANAGEMENT);
    const file = await encrypt(MESSAGE, [recipient]);
    await decrypt(file, [identity]);

    await smartcard.reader.remove();
    await eventually(tokens, 0);
    expect(await codeOf(tokens.find(MANAGEMENT))).toBe('TOKEN_NOT_FOUND');
    expect(await codeOf(decrypt(file, [identity]))).toMatch(/^TOKEN_(?:REMOVED|NOT_FOUND)$/);

    await smartcard.reader.insert(smartcard.card);
    await eventually(tokens, 1);
    const again = await tokens.find(MANAGEMENT);
    expect(Buffer.from(await decrypt(file, [again.identity]))).toEqual(MESSAGE);
    expect(Buffer.from(await decrypt(file, [identity]))).toEqual(MESSAGE);
    expect(smartcard.card.triesLeft).toBe(3);
  });
});

describe('two cards with one label', { timeout: 120_000 }, () => {
  let twin: PivCard;

  beforeAll(async () => {
    twin = new PivCard({ keys: { '9d': smartcard.card.key('9d') } });
    await smartcard.spareReader.insert(twin);
    return async () => await smartcard.spareReader.remove();
  });

  it('are ambiguous by it, and told by their serial numbers', async () => {
    await using tokens = open();
    await eventually(tokens, 2);
    expect(await codeOf(tokens.show(TOKEN))).toBe('TOKEN_AMBIGUOUS');
    expect(await codeOf(tokens.find(MANAGEMENT))).toBe('TOKEN_AMBIGUOUS');
    for (const serial of await serials(tokens)) {
      const { token } = await tokens.show(`pkcs11:serial=${serial}`);
      expect(token.serial).toBe(serial);
    }
  });

  it('and one key: the wanted one gets the PIN, the other none', async () => {
    await using tokens = open();
    await eventually(tokens, 2);
    for (const serial of await serials(tokens)) {
      const { details, recipient } = await tokens.find(`pkcs11:serial=${serial};id=%03`);
      const file = await encrypt(MESSAGE, [recipient]);
      const before = smartcard.card.pinsVerified + twin.pinsVerified;
      await using fresh = open();
      expect(Buffer.from(await decrypt(file, [fresh.identity(details)]))).toEqual(MESSAGE);
      expect(smartcard.card.pinsVerified + twin.pinsVerified).toBe(before + 1);
    }
    expect([smartcard.card.triesLeft, twin.triesLeft]).toEqual([3, 3]);
  });
});

function open(): Tokens {
  return openTokens({
    modules: [{ path: smartcard.module }],
    aliases: {},
    folder: join(folder, 'tokens'),
    pins: {
      async pin() {
        asked++;
        return { pin: Secret.fromText(smartcard.card.pin), typed: true };
      },
      confirmLastTry: async () => false,
    },
  });
}

async function serials(tokens: Tokens): Promise<string[]> {
  const reports = await tokens.list();
  return reports.flatMap(({ slots }) => slots.flatMap(({ token }) => token?.serial ?? []));
}

/** Until so many cards are listed: pcscd looks for them now and then. */
async function eventually(tokens: Tokens, count: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await serials(tokens)).length !== count) {
    if (Date.now() > deadline) throw new Error(`there are not ${count} cards`);
    await sleep(100);
  }
}

async function codeOf(promise: Promise<unknown>): Promise<string | null> {
  return await promise.then(
    () => null,
    (error: unknown) => (error as { code: string }).code,
  );
}
