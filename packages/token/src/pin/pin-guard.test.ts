import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Secret } from '@holdfast/age';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openModule } from '../module/open-module.ts';
import type { PinRequest, PinSource, SlotInfo, TokenInfo, TokenModule } from '../ports.ts';
import { openFaultyModule, type FaultyModule } from '../testing/faulty-module.ts';
import { openSoftHsm, tokenNamed, type SoftHsm } from '../testing/softhsm.ts';
import { openPinGuard, type PinGuard } from './pin-guard.ts';

const RIGHT = 'söme PIN';
const WRONG = 'another1';
const LOW = 0x10000;
const LAST = 0x20000;
const LOCKED = 0x40000;
const EXPIRED = 0x80000;

let softhsm: SoftHsm;
let faulty: FaultyModule;
let folder: string;
let serial = 0;
let module: TokenModule;
let label: string;
let asked: PinRequest[];
let confirmed: PinRequest[];
let given: Secret[];

beforeAll(async () => {
  softhsm = await openSoftHsm();
  process.env['SOFTHSM2_CONF'] = softhsm.environment.SOFTHSM2_CONF;
  faulty = await openFaultyModule(softhsm.module);
});

afterAll(async () => {
  await faulty[Symbol.asyncDispose]();
  await softhsm[Symbol.asyncDispose]();
});

beforeEach(async () => {
  label = `token ${++serial}`;
  await softhsm.addToken(label, RIGHT);
  folder = await mkdtemp(join(tmpdir(), 'holdfast-pins-'));
  module = openModule({ path: faulty.path });
  faulty.forgetCalls();
  asked = [];
  confirmed = [];
  given = [];
});

afterEach(async () => {
  faulty.heal();
  await module[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

interface Person {
  readonly pin?: string | Uint8Array | null;
  readonly typed?: boolean;
  readonly confirms?: boolean;
}

function guardFor({ pin = RIGHT, typed = false, confirms = false }: Person = {}): PinGuard {
  const pins: PinSource = {
    async pin(request) {
      asked.push(request);
      if (pin === null) return null;
      const secret = typeof pin === 'string' ? Secret.fromText(pin) : Secret.copy(pin);
      given.push(secret);
      return { pin: secret, typed };
    },
    async confirmLastTry(request) {
      confirmed.push(request);
      return confirms;
    },
  };
  return openPinGuard({ folder, pins });
}

const slotNow = async (): Promise<SlotInfo & { token: TokenInfo }> =>
  tokenNamed(await module.slots(), label);

/** How a login went: a code, or `null`. */
async function logIn(person?: Person, on: TokenModule = module): Promise<string | null> {
  try {
    await guardFor(person).login(on, await slotNow(), { label: 'kek', id: '01' });
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const remembered = async (): Promise<number> =>
  (await readdir(folder)).filter((name) => name.endsWith('.attempt')).length;

/** Another run: not logged in. */
async function startAnew(): Promise<void> {
  await module[Symbol.asyncDispose]();
  module = openModule({ path: faulty.path });
}

/** The same token, were it one that never says how many tries are left. */
function silent(): TokenModule {
  return {
    ...module,
    slots: async (options) =>
      (await module.slots(options)).map((slot) => ({
        ...slot,
        token: slot.token === null ? null : { ...slot.token, pinTries: 'full' },
      })),
  };
}

async function logInToSilent(person: Person): Promise<string | null> {
  const on = silent();
  try {
    await guardFor(person).login(on, tokenNamed(await on.slots(), label), null);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function tell(flags: number): void {
  faulty.fail({ at: 'C_GetTokenInfo', call: 0, does: 'flags', flags });
}

describe('a login', () => {
  it('spends one try, remembers nothing when the PIN is right, and is not asked for twice', async () => {
    expect(await logIn()).toBe(null);
    expect(await logIn()).toBe(null);
    expect(faulty.logins()).toBe(1);
    expect(asked).toMatchObject([
      { token: { label, pinPad: false }, key: { label: 'kek', id: '01' }, tries: 'full' },
    ]);
    expect(await remembered()).toBe(0);
  });

  it('wipes the PIN, whatever comes of it', async () => {
    await logIn({ pin: WRONG });
    await logIn({ pin: WRONG });
    await logIn({ pin: '' });
    expect(given).toHaveLength(3);
    for (const pin of given) expect(() => pin.bytes).toThrow();
  });

  it('with the wrong PIN is not tried again, and remembered', async () => {
    expect(await logIn({ pin: WRONG, typed: true })).toBe('PIN_INCORRECT');
    expect(faulty.logins()).toBe(1);
    expect(await remembered()).toBe(1);
  });

  it('without a PIN spends nothing', async () => {
    expect(await logIn({ pin: null })).toBe('PIN_NEEDED');
    expect(faulty.logins()).toBe(0);
    expect(await remembered()).toBe(0);
  });

  it.each<[string, string | Uint8Array]>([
    ['is empty', ''],
    ['is too short', 'abc'],
    ['is too long', 'x'.repeat(256)],
    ['holds a NUL', 'abcd\0efg'],
    ['is not UTF-8', Uint8Array.of(0x61, 0x62, 0x63, 0x64, 0xff)],
  ])('with a PIN that %s spends nothing', async (_, pin) => {
    expect(await logIn({ pin, typed: true })).toBe('PIN_INVALID');
    expect(faulty.logins()).toBe(0);
    expect(await remembered()).toBe(0);
  });

  it('is not asked for where none is required', async () => {
    const slot = await slotNow();
    const open = { ...slot, token: { ...slot.token, loginRequired: false } };
    await guardFor().login(module, open, null);
    expect(asked).toEqual([]);
    expect(faulty.logins()).toBe(0);
  });

  it('spends nothing when another token is in the slot by now', async () => {
    const slot = await slotNow();
    const another = { ...slot, token: { ...slot.token, serial: 'another' } };
    const on = { ...module, isLoggedIn: async () => false };
    await expect(guardFor().login(on, another, null)).rejects.toMatchObject({
      code: 'TOKEN_REMOVED',
    });
    expect(faulty.logins()).toBe(0);
    expect(await remembered()).toBe(0);
  });

  it('that was cancelled before spends nothing', async () => {
    const slot = await slotNow();
    const signal = AbortSignal.abort();
    await expect(guardFor().login(module, slot, null, { signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(faulty.logins()).toBe(0);
    expect(await remembered()).toBe(0);
  });

  it('is not tried when it could not be recorded', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    expect(await logIn()).toBe('STATE_INVALID');
    expect(faulty.logins()).toBe(0);
  });
});

describe('flags of the token', () => {
  it('locked: nothing is asked or tried', async () => {
    tell(LOCKED);
    expect(await logIn({ typed: true, confirms: true })).toBe('PIN_LOCKED');
    expect(asked).toEqual([]);
    expect(faulty.logins()).toBe(0);
  });

  it('expired: nothing is asked or tried', async () => {
    tell(EXPIRED);
    expect(await logIn({ typed: true })).toBe('PIN_EXPIRED');
    expect(asked).toEqual([]);
    expect(faulty.logins()).toBe(0);
  });

  it('no PIN set: nothing is asked or tried', async () => {
    const slot = await slotNow();
    const unset = { ...slot, token: { ...slot.token, pinSet: false } };
    await expect(guardFor().login(module, unset, null)).rejects.toMatchObject({
      code: 'PIN_EXPIRED',
    });
    expect(asked).toEqual([]);
    expect(faulty.logins()).toBe(0);
  });

  it('low: a stored PIN is refused, a typed one is tried', async () => {
    tell(LOW);
    expect(await logIn()).toBe('PIN_REFUSED');
    expect(faulty.logins()).toBe(0);
    expect(await logIn({ typed: true })).toBe(null);
    expect(asked.map(({ tries }) => tries)).toEqual(['low', 'low']);
    expect(confirmed).toEqual([]);
    expect(faulty.logins()).toBe(1);
  });

  it('last: only a typed PIN is tried, and only when a person confirms it', async () => {
    tell(LAST);
    expect(await logIn({ confirms: true })).toBe('PIN_LAST_TRY');
    expect(confirmed).toEqual([]);
    expect(await logIn({ typed: true })).toBe('PIN_LAST_TRY');
    expect(confirmed).toMatchObject([{ tries: 'last' }]);
    expect(faulty.logins()).toBe(0);
    expect(await remembered()).toBe(0);
    expect(await logIn({ typed: true, confirms: true })).toBe(null);
    expect(faulty.logins()).toBe(1);
  });

  it('that changed while a person typed count', async () => {
    const slot = await slotNow();
    tell(LAST);
    await expect(
      guardFor({ typed: true, confirms: true }).login(module, slot, null),
    ).rejects.toMatchObject({ code: 'PIN_LAST_TRY' });
    expect(confirmed).toEqual([]);
    expect(faulty.logins()).toBe(0);
  });

  it('of a token that locks at the try are not remembered as a wrong PIN', async () => {
    faulty.fail({ at: 'C_Login', does: 'answer', ckr: 'CKR_PIN_LOCKED' });
    expect(await logIn()).toBe('PIN_LOCKED');
    expect(await remembered()).toBe(0);
  });
});

describe('what is remembered between runs', () => {
  it('after one wrong PIN refuses stored ones, after two wants each try confirmed', async () => {
    expect(await logInToSilent({ pin: WRONG })).toBe('PIN_INCORRECT');
    expect(await logInToSilent({ pin: RIGHT })).toBe('PIN_REFUSED');
    expect(faulty.logins()).toBe(1);
    expect(await logInToSilent({ pin: WRONG, typed: true })).toBe('PIN_INCORRECT');
    expect(faulty.logins()).toBe(2);
    expect(await logInToSilent({ typed: true })).toBe('PIN_LAST_TRY');
    expect(await logInToSilent({ confirms: true })).toBe('PIN_LAST_TRY');
    expect(faulty.logins()).toBe(2);
    expect(asked.map(({ tries }) => tries)).toEqual(['full', 'low', 'low', 'last', 'last']);
    expect(await logInToSilent({ typed: true, confirms: true })).toBe(null);
    expect(faulty.logins()).toBe(3);
    expect(await remembered()).toBe(0);
    await startAnew();
    expect(await logInToSilent({})).toBe(null);
  });

  it('is of one token only', async () => {
    const first = label;
    label = `token ${++serial}`;
    await softhsm.addToken(label, RIGHT);
    await startAnew();
    expect(await logIn({ pin: WRONG })).toBe('PIN_INCORRECT');
    label = first;
    expect(await logIn()).toBe(null);
    expect(await remembered()).toBe(1);
  });

  it('has nothing of the PIN in it', async () => {
    await logIn({ pin: WRONG });
    const [name = ''] = await readdir(folder);
    const record: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
    expect(record).toEqual({
      token: { label, serial: expect.any(String), manufacturer: expect.any(String) },
      begun: expect.any(String),
      process: { pid: process.pid, since: expect.anything() },
      over: true,
    });
  });

  it('counts a record that cannot be read as a wrong PIN', async () => {
    await logIn({ pin: WRONG });
    const [name = ''] = await readdir(folder);
    await writeFile(join(folder, name), 'damaged');
    expect(await logInToSilent({})).toBe('PIN_REFUSED');
  });

  it('counts a try that the module did not survive', async () => {
    faulty.fail({ at: 'C_Login', does: 'crash' });
    expect(await logInToSilent({})).toBe('MODULE_CRASHED');
    expect(await remembered()).toBe(1);
    expect(await logInToSilent({})).toBe('PIN_REFUSED');
    expect(await logInToSilent({ typed: true })).toBe(null);
    expect(await remembered()).toBe(0);
  });
});

describe('a key that wants its PIN at every use', () => {
  const use = async (person: Person, operation: (pin: Secret | null) => Promise<string>) =>
    await guardFor(person).use(module, await slotNow(), null, operation, { everyUse: true });
  const tellPin = async (pin: Secret | null): Promise<string> =>
    pin === null ? 'none' : new TextDecoder().decode(pin.bytes);

  it('gets it, proven by a login when there was none', async () => {
    expect(await use({}, tellPin)).toBe(RIGHT);
    expect(faulty.logins()).toBe(1);
    expect(await use({}, tellPin)).toBe(RIGHT);
    expect(faulty.logins()).toBe(1);
    expect(asked).toHaveLength(2);
    expect(await remembered()).toBe(0);
    expect(() => given[1]?.bytes).toThrow();
  });

  it('has the try on record while it is spent', async () => {
    await logIn();
    const counts: number[] = [];
    await use({}, async () => {
      counts.push(await remembered());
      return '';
    });
    expect(counts).toEqual([1]);
    const wrong = Object.assign(new Error('wrong'), { code: 'PIN_INCORRECT' });
    await expect(use({}, async () => await Promise.reject(wrong))).rejects.toBe(wrong);
    expect(await remembered()).toBe(1);
    await expect(use({}, tellPin)).rejects.toMatchObject({ code: 'PIN_REFUSED' });
    expect(await use({ typed: true }, tellPin)).toBe(RIGHT);
    expect(await remembered()).toBe(0);
  });

  it('any other key gets none', async () => {
    expect(await guardFor().use(module, await slotNow(), null, tellPin)).toBe('none');
    expect(given).toHaveLength(1);
  });
});

describe('two processes at once', { timeout: 120_000 }, () => {
  function start(pin: string): { child: ChildProcess; outcome: Promise<string> } {
    const program = fileURLToPath(import.meta.resolve('./log-in.fixture.ts'));
    const child = spawn(process.execPath, [program, faulty.path, folder, label], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.end(pin);
    return { child, outcome: text(child.stdout) };
  }

  it('spend one try with one wrong stored PIN', async () => {
    faulty.fail({ at: 'C_Login', call: 0, does: 'sleep', milliseconds: 300 });
    const outcomes = await Promise.all(
      [WRONG, WRONG, WRONG].map(async (pin) => await start(pin).outcome),
    );
    expect(outcomes.sort()).toEqual(['PIN_INCORRECT', 'PIN_REFUSED', 'PIN_REFUSED']);
    expect(faulty.logins()).toBe(1);
    expect(await remembered()).toBe(1);
  });

  it('both get in with the right one', async () => {
    faulty.fail({ at: 'C_Login', call: 0, does: 'sleep', milliseconds: 300 });
    const outcomes = await Promise.all([RIGHT, RIGHT].map(async (pin) => await start(pin).outcome));
    expect(outcomes).toEqual(['logged in', 'logged in']);
    expect(faulty.logins()).toBe(2);
    expect(await remembered()).toBe(0);
  });

  it('one that was killed in between has spent its try, and stands in nobody’s way', async () => {
    faulty.fail({ at: 'C_Login', does: 'sleep', milliseconds: 2000 });
    const { child } = start(RIGHT);
    while (faulty.logins() === 0) await sleep(20);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    expect(await remembered()).toBe(1);
    expect(await logInToSilent({})).toBe('PIN_REFUSED');
    expect(faulty.logins()).toBe(1);
    expect(await logInToSilent({ typed: true })).toBe(null);
    expect(faulty.logins()).toBe(2);
    expect(await remembered()).toBe(0);
  });
});

it('requests of one process wait for each other, and log in once', async () => {
  const outcomes = await Promise.all([logIn(), logIn(), logIn()]);
  expect(outcomes).toEqual([null, null, null]);
  expect(faulty.logins()).toBe(1);
  expect(await remembered()).toBe(0);
});
