import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@holdfast/age';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { PinRequest, Tokens } from './ports.ts';
import { openSmartcard, PivCard, type Smartcard } from './testing/index.ts';
import { openTokens } from './tokens.ts';

const TOKEN = 'pkcs11:token=Virtual%20holder';
const WRONG = '654321';

let smartcard: Smartcard;
let folder: string;

beforeAll(async () => {
  smartcard = await openSmartcard({ keys: { '9d': 'p256' } });
  Object.assign(process.env, smartcard.environment);
});

afterAll(async () => {
  await smartcard[Symbol.asyncDispose]();
});

// Nothing is remembered from test to test: it is the card that counts here.
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-pin-'));
  return async () => await rm(folder, { recursive: true, force: true });
});

describe('the PIN of a card', { timeout: 120_000 }, () => {
  it('that is wrong costs one try, and the person is asked once', async () => {
    const person = stand({ pin: WRONG });
    expect(await loginWith(person)).toEqual({ code: 'PIN_INCORRECT', spent: 1 });
    expect(smartcard.card.triesLeft).toBe(2);
    expect(person.asked.map(({ tries }) => tries)).toEqual(['full']);
  });

  it('is not taken from storage after a wrong one', async () => {
    left(3);
    await loginWith(stand({ pin: WRONG }));
    const stored = stand({ pin: smartcard.card.pin, typed: false });
    expect(await loginWith(stored)).toEqual({ code: 'PIN_REFUSED', spent: 0 });
    expect(smartcard.card.triesLeft).toBe(2);
  });

  it('typed by a person after a wrong one makes the card whole', async () => {
    left(3);
    await loginWith(stand({ pin: WRONG }));
    const person = stand({ pin: smartcard.card.pin });
    expect(await loginWith(person)).toEqual({ code: null, spent: 1 });
    expect(person.asked.map(({ tries }) => tries)).toEqual(['low']);
    expect(smartcard.card.triesLeft).toBe(3);
  });

  it('is not tried for the last time unless a person confirms it', async () => {
    left(1);
    const person = stand({ pin: smartcard.card.pin });
    expect(await loginWith(person)).toEqual({ code: 'PIN_LAST_TRY', spent: 0 });
    expect(smartcard.card.triesLeft).toBe(1);
  });

  it('that a person confirms is tried for the last time', async () => {
    left(1);
    const person = stand({ pin: smartcard.card.pin, confirms: true });
    expect(await loginWith(person)).toEqual({ code: null, spent: 1 });
    expect(smartcard.card.triesLeft).toBe(3);
  });

  it('that is wrong the last time locks the card, and no further one is sent to it', async () => {
    left(1);
    const { code, spent } = await loginWith(stand({ pin: WRONG, confirms: true }));
    expect(['PIN_LOCKED', 'PIN_INCORRECT']).toContain(code);
    expect(spent).toBe(1);
    expect(smartcard.card.triesLeft).toBe(0);

    const person = stand({ pin: smartcard.card.pin, confirms: true });
    expect(await loginWith(person)).toEqual({ code: 'PIN_LOCKED', spent: 0 });
    expect(person.asked).toEqual([]);
  });

  it.for(['', '1', '123', '123456789'])(
    'that the card cannot have is not sent to it: "%s"',
    async (pin) => {
      left(3);
      expect(await loginWith(stand({ pin }))).toEqual({ code: 'PIN_INVALID', spent: 0 });
      expect(smartcard.card.triesLeft).toBe(3);
    },
  );

  it('may have odd characters', async () => {
    const odd = new PivCard({ keys: { '9d': 'p256' }, holder: 'Odd', pin: 'sé§a m' });
    await smartcard.spareReader.insert(odd);
    await using tokens = stand({ pin: odd.pin }).openTokens();
    const { loggedIn } = await tokens.show('pkcs11:token=Odd', { login: true });
    expect(loggedIn).toBe(true);
    expect(odd.pinsVerified).toBe(1);
    await smartcard.spareReader.remove();
  });
});

/** As if the card had been used elsewhere; it forgets who is logged in. */
function left(tries: number): void {
  smartcard.card.reset();
  smartcard.card.triesLeft = tries;
}

interface Person {
  readonly asked: PinRequest[];
  openTokens(): Tokens;
}

function stand(has: { pin: string; typed?: boolean; confirms?: boolean }): Person {
  const asked: PinRequest[] = [];
  return {
    asked,
    openTokens: () =>
      openTokens({
        modules: [{ path: smartcard.module }],
        aliases: {},
        folder: join(folder, 'tokens'),
        pins: {
          async pin(request) {
            asked.push(request);
            return { pin: Secret.fromText(has.pin), typed: has.typed ?? true };
          },
          confirmLastTry: async () => has.confirms ?? false,
        },
      }),
  };
}

/** What it came to, and how many PINs reached the card. */
async function loginWith(person: Person): Promise<{ code: string | null; spent: number }> {
  const before = smartcard.card.pinsVerified;
  await using tokens = person.openTokens();
  const code = await tokens.show(TOKEN, { login: true }).then(
    () => null,
    (error: unknown) => (error as { code: string }).code,
  );
  return { code, spent: smartcard.card.pinsVerified - before };
}
