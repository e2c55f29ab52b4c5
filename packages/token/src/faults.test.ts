import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decrypt, encrypt } from '@holdfast/age';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openFaultyModule, type FaultyModule } from './testing/faulty-module.ts';
import { openLab, type Lab } from './testing/open-lab.ts';

const TEXT = Uint8Array.from(Buffer.from('the master secret'));

let lab: Lab;
let faulty: FaultyModule;

beforeAll(async () => {
  lab = await openLab();
  await lab.addToken(
    'lab',
    { kind: 'p256', label: 'ec', id: '01' },
    { kind: 'rsa', label: 'rsa', id: '02' },
    { kind: 'aes', label: 'aes', id: '03' },
  );
  const stack = new AsyncDisposableStack();
  faulty = stack.use(await openFaultyModule(lab.softhsm.module));
}, 180_000);

beforeEach(() => {
  faulty.heal();
  faulty.forgetCalls();
});

afterAll(async () => {
  await faulty[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});

function openTokens(): ReturnType<Lab['openTokens']> {
  return lab.openTokens({ modules: [{ path: faulty.path }] });
}

describe('PIN tries', () => {
  test('none is spent to list, show, find, seal, or fail to open', async () => {
    await using tokens = openTokens();
    await tokens.list();
    await tokens.show('pkcs11:token=lab');
    for (const label of ['ec', 'rsa']) {
      const key = await tokens.find(`pkcs11:token=lab;object=${label}`);
      await encrypt(TEXT, [key.recipient]);
    }
    await expect(tokens.find('pkcs11:token=no')).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    expect(faulty.logins()).toBe(0);
  });

  test('one is spent for a hundred operations, and slots are listed no more after the first', async () => {
    await using tokens = openTokens();
    const key = await tokens.find('pkcs11:token=lab;object=ec');
    const file = await encrypt(TEXT, [key.recipient]);
    const identity = tokens.identity(null);
    expect(await decrypt(file, [identity])).toEqual(TEXT);
    faulty.forgetCalls();
    const many = Array.from({ length: 100 }, async () => await decrypt(file, [identity]));
    for (const text of await Promise.all(many)) expect(text).toEqual(TEXT);
    expect(faulty.logins()).toBe(0);
    expect(faulty.calls()).not.toContain('C_GetSlotList');
    expect(faulty.calls()).not.toContain('C_FindObjectsInit');
  });

  test('one is spent to prove and record a key', async () => {
    await using tokens = openTokens();
    await tokens.enroll('rsa', 'pkcs11:token=lab;object=rsa');
    expect(faulty.logins()).toBe(1);
    await tokens.forget('rsa');
  });
});

test('a record that is damaged keeps no backup from being opened', async () => {
  await mkdir(lab.folder, { recursive: true, mode: 0o700 });
  await writeFile(join(lab.folder, 'damaged.json'), '{');
  await using tokens = lab.openTokens({ aliases: { wrong: 'pkcs11:nonsense=1' } });
  await expect(tokens.enrolments()).rejects.toMatchObject({ code: 'TOKEN_RECORD_INVALID' });
  const key = await tokens.find('pkcs11:token=lab;object=ec');
  const file = await encrypt(TEXT, [key.recipient]);
  expect(await decrypt(file, [tokens.identity(null)])).toEqual(TEXT);
  await expect(tokens.find('wrong')).rejects.toMatchObject({ code: 'TOKEN_URI_INVALID' });
  await expect(tokens.find('damaged')).rejects.toMatchObject({ code: 'TOKEN_RECORD_INVALID' });
  await tokens.forget('damaged');
});

describe('a token that fails', () => {
  test('OAEP that is refused is asked for once, and raw RSA from then on', async () => {
    await using tokens = openTokens();
    const key = await tokens.find('pkcs11:token=lab;object=rsa');
    const file = await encrypt(TEXT, [key.recipient]);
    for (const _ of [1, 2, 3]) expect(await decrypt(file, [key.identity])).toEqual(TEXT);
    expect(faulty.calls().filter((name) => name === 'C_DecryptInit')).toHaveLength(4);
  });

  test('an enrolled key is not asked for what did not work at enrolment', async () => {
    await using first = openTokens();
    await first.enroll('rsa', 'pkcs11:token=lab;object=rsa');
    const { recipient } = await first.sealingKey('rsa');
    const file = await encrypt(TEXT, [recipient]);
    await using tokens = openTokens();
    faulty.forgetCalls();
    expect(await decrypt(file, [tokens.identity(null)])).toEqual(TEXT);
    expect(faulty.calls().filter((name) => name === 'C_DecryptInit')).toHaveLength(1);
    await tokens.forget('rsa');
  });

  test('RSA that works with SHA-1 alone gets a stanza of its own, sealed to by a line of its own', async () => {
    await using tokens = openTokens();
    // After OAEP with SHA-256, which SoftHSM does not know, raw RSA is tried.
    faulty.fail({ at: 'C_DecryptInit', call: 2, does: 'answer', ckr: 'CKR_MECHANISM_INVALID' });
    const { stanza } = await tokens.enroll('rsa', 'pkcs11:token=lab;object=rsa');
    expect(stanza).toBe('holdfast/rsa-kem-v1');
    const { recipient } = await tokens.sealingKey('rsa');
    expect(String(recipient)).toMatch(/^age1holdfast1/);
    const line = await tokens.identityLine('rsa');
    const sealers = [
      recipient,
      tokens.fromRecipientLine(String(recipient)),
      tokens.fromIdentityLine(line).recipient,
      (await tokens.find('pkcs11:token=lab;object=rsa')).recipient,
    ];
    await tokens.forget('rsa');
    for (const sealer of sealers) {
      const file = await encrypt(TEXT, [sealer]);
      expect(Buffer.from(file).toString('latin1')).toContain('-> holdfast/rsa-kem-v1 ');
      expect(await decrypt(file, [tokens.identity(null)])).toEqual(TEXT);
      expect(await decrypt(file, [tokens.fromIdentityLine(line).identity])).toEqual(TEXT);
    }
    expect(faulty.logins()).toBe(1);
  });

  test('an answer that is wrong is not what works', async () => {
    await using tokens = openTokens();
    faulty.fail({ at: 'C_Decrypt', call: 0, does: 'count', count: 31 });
    const enrolling = tokens.enroll('rsa', 'pkcs11:token=lab;object=rsa');
    await expect(enrolling).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    expect(await tokens.enrolments()).toEqual([]);
  });

  test('a login that was lost is made again, with the PIN that the person gives then', async () => {
    await using tokens = openTokens();
    const key = await tokens.find('pkcs11:token=lab;object=ec');
    const file = await encrypt(TEXT, [key.recipient]);
    expect(await decrypt(file, [key.identity])).toEqual(TEXT);
    faulty.fail({ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_USER_NOT_LOGGED_IN' });
    expect(await decrypt(file, [key.identity])).toEqual(TEXT);
    expect(faulty.logins()).toBe(1);
  });

  test('taken out in the middle, it is an error, and no PIN is tried again by itself', async () => {
    await using tokens = openTokens();
    const key = await tokens.find('pkcs11:token=lab;object=ec');
    const file = await encrypt(TEXT, [key.recipient]);
    const identity = tokens.identity(null);
    expect(await decrypt(file, [identity])).toEqual(TEXT);
    faulty.fail({ at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_DEVICE_REMOVED' });
    await expect(decrypt(file, [identity])).rejects.toMatchObject({ code: 'TOKEN_REMOVED' });
    expect(faulty.logins()).toBe(1);
    faulty.heal();
    expect(await decrypt(file, [identity])).toEqual(TEXT);
    expect(faulty.logins()).toBe(2);
  });

  test.each([
    ['crashes', { at: 'C_DeriveKey', does: 'crash' }, 'MODULE_CRASHED'],
    ['crashes at the login', { at: 'C_Login', does: 'crash' }, 'MODULE_CRASHED'],
    ['crashes at once', { at: 'C_Initialize', does: 'crash' }, 'MODULE_CRASHED'],
    ['fails', { at: 'C_DeriveKey', does: 'answer', ckr: 'CKR_DEVICE_ERROR' }, 'TOKEN_FAILED'],
    ['is busy', { at: 'C_OpenSession', does: 'answer', ckr: 'CKR_SESSION_COUNT' }, 'TOKEN_BUSY'],
  ] as const)(
    'a module that %s is an error, and works when asked again',
    async (_, fault, code) => {
      await using healthy = lab.openTokens();
      const key = await healthy.find('pkcs11:token=lab;object=ec');
      const file = await encrypt(TEXT, [key.recipient]);
      await using tokens = openTokens();
      const identity = tokens.identity(null);
      faulty.fail(fault);
      await expect(decrypt(file, [identity])).rejects.toMatchObject({ code });
      const spent = faulty.logins();
      expect(spent).toBeLessThanOrEqual(1);
      faulty.heal();
      expect(await decrypt(file, [identity])).toEqual(TEXT);
      expect(faulty.logins()).toBeLessThanOrEqual(spent + 1);
    },
  );
});
