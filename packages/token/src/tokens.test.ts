import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decrypt, encrypt, Secret } from '@holdfast/age';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PinRequest, Tokens, TokenSettings } from './ports.ts';
import { openSoftHsm, type SoftHsm, type SoftHsmKey, type SoftHsmToken } from './testing/softhsm.ts';
import { openTokens } from './tokens.ts';

const PIN = '123456';
const KEYS: readonly SoftHsmKey[] = [
  { kind: 'p256', label: 'ec', id: '01' },
  { kind: 'rsa', label: 'rsa', id: '02' },
  { kind: 'rsa', label: 'rsa3072', id: '03', bits: 3072 },
  { kind: 'rsa', label: 'rsa4096', id: '04', bits: 4096 },
  { kind: 'aes', label: 'aes', id: '05' },
  { kind: 'hmac', label: 'hmac', id: '06' },
];

let softhsm: SoftHsm;
let lab: SoftHsmToken;
let folder: string;
/** For each key, a file that is sealed to it. */
const asked: PinRequest[] = [];

beforeAll(async () => {
  softhsm = await openSoftHsm();
  process.env['SOFTHSM2_CONF'] = softhsm.environment.SOFTHSM2_CONF;
  lab = await softhsm.addToken('lab', PIN);
  for (const key of KEYS) await softhsm.addKey(lab, key);
  folder = await mkdtemp(join(tmpdir(), 'holdfast-tokens-'));
});

afterAll(async () => {
  await softhsm[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function open(settings: Partial<TokenSettings> = {}): Tokens {
  asked.length = 0;
  return openTokens({
    modules: [{ path: softhsm.module }],
    aliases: {},
    folder: join(folder, 'tokens'),
    pins: {
      async pin(request) {
        asked.push(request);
        return { pin: Secret.fromText(PIN), typed: true };
      },
      confirmLastTry: async () => false,
    },
    ...settings,
  });
}

const TEXT = Buffer.from('the master secret');

describe.each(KEYS.map(({ label }) => label))('the key “%s”', (label) => {
  test('opens what its recipient seals, and the PIN is asked for once', async () => {
    await using tokens = open();
    const key = await tokens.find(`pkcs11:token=lab;object=${label}`);
    const file = await encrypt(TEXT, [key.recipient]);
    expect(await decrypt(file, [key.identity])).toEqual(new Uint8Array(TEXT));
    expect(await decrypt(file, [tokens.identity(key.details)])).toEqual(new Uint8Array(TEXT));
    expect(asked).toHaveLength(1);
  });
});
