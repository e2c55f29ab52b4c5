import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decrypt, encrypt, TagRecipient } from '@holdfast/age';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyDetails } from './ports.ts';
import { openLab, type Lab } from './testing/open-lab.ts';
import type { SoftHsmKey, SoftHsmToken } from './testing/softhsm.ts';

const TEXT = Uint8Array.from(Buffer.from('the master secret'));

function ec(imported: KeyObject): SoftHsmKey {
  return { kind: 'p256', label: 'kek', id: '01', imported };
}

let lab: Lab;
let one: SoftHsmToken;
let two: SoftHsmToken;
let sealed: Uint8Array;

// Two tokens with the same label and the same key, and a third with the same key under another label.
beforeAll(async () => {
  lab = await openLab();
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const aes: SoftHsmKey = { kind: 'aes', label: 'aes', id: '02', imported: Buffer.alloc(32, 1) };
  one = await lab.addToken('twin', ec(pair.privateKey), aes);
  two = await lab.addToken('twin', ec(pair.privateKey), aes);
  await lab.addToken('changed', ec(other.privateKey), { ...aes, imported: Buffer.alloc(32, 2) });
  await lab.addToken('double', ec(pair.privateKey), { ...ec(other.privateKey), id: '02' });
  const der = pair.publicKey.export({ type: 'spki', format: 'der' });
  sealed = await encrypt(TEXT, [TagRecipient.fromPublicKey(der)]);
}, 180_000);

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

async function detailsOn(token: SoftHsmToken, object: string): Promise<KeyDetails> {
  await using tokens = lab.openTokens();
  return (await tokens.find(`pkcs11:serial=${token.serial};object=${object}`)).details;
}

describe('two tokens with one label and one key', () => {
  test('are ambiguous by their label, and one of them by its serial number', async () => {
    await using tokens = lab.openTokens();
    await expect(tokens.find('pkcs11:token=twin')).rejects.toMatchObject({
      code: 'TOKEN_AMBIGUOUS',
    });
    await expect(tokens.show('pkcs11:token=twin')).rejects.toMatchObject({
      code: 'TOKEN_AMBIGUOUS',
    });
    const key = await tokens.find(`pkcs11:serial=${two.serial};object=kek`);
    expect(key.slot.token.serial).toBe(two.serial);
  });

  test('are ambiguous when a file is opened without a word which is wanted', async () => {
    await using tokens = lab.openTokens();
    const opening = decrypt(sealed, [tokens.identity(null)]);
    await expect(opening).rejects.toMatchObject({ code: 'TOKEN_AMBIGUOUS' });
    expect(lab.asked).toEqual([]);
  });

  test('are told apart by what is wanted, or by what the user gives', async () => {
    const wanted = await detailsOn(two, 'kek');
    await using tokens = lab.openTokens();
    expect(await decrypt(sealed, [tokens.identity(wanted)])).toEqual(TEXT);
    expect(lab.asked.map(({ token }) => token.serial)).toEqual([two.serial]);
    await using others = lab.openTokens();
    const only = `pkcs11:serial=${one.serial}`;
    expect(await decrypt(sealed, [others.identity(null, { only })])).toEqual(TEXT);
    expect(lab.asked.map(({ token }) => token.serial)).toEqual([one.serial]);
  });

  test('stand in for each other when the wanted one is away', async () => {
    const wanted = { ...(await detailsOn(one, 'kek')), token: { label: 'twin', serial: 'gone' } };
    await using tokens = lab.openTokens();
    const only = `pkcs11:serial=${two.serial}`;
    expect(await decrypt(sealed, [tokens.identity(wanted, { only })])).toEqual(TEXT);
  });

  test('with a secret key, the wanted one is used', async () => {
    await using first = lab.openTokens();
    const key = await first.find(`pkcs11:serial=${one.serial};object=aes`);
    const file = await encrypt(TEXT, [key.recipient]);
    await using tokens = lab.openTokens();
    expect(await decrypt(file, [tokens.identity(key.details)])).toEqual(TEXT);
    expect(lab.asked.map(({ token }) => token.serial)).toEqual([one.serial]);
  });

  test('with a secret key, the one that the user names is used though another was wanted', async () => {
    await using first = lab.openTokens();
    const key = await first.find(`pkcs11:serial=${one.serial};object=aes`);
    const file = await encrypt(TEXT, [key.recipient]);
    await using tokens = lab.openTokens();
    const only = `pkcs11:serial=${two.serial};object=aes`;
    expect(await decrypt(file, [tokens.identity(key.details, { only })])).toEqual(TEXT);
    expect(lab.asked.map(({ token }) => token.serial)).toEqual([two.serial]);
  });
});

describe('a token that is the wanted one and has another key', () => {
  test('is a mismatch before its PIN is asked for, when the key shows a public half', async () => {
    const wanted = await detailsOn(one, 'kek');
    await using tokens = lab.openTokens();
    const { token } = (await tokens.find('pkcs11:token=changed;object=kek')).details;
    const only = 'pkcs11:token=changed';
    const opening = decrypt(sealed, [tokens.identity({ ...wanted, token }, { only })]);
    await expect(opening).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    expect(lab.asked).toEqual([]);
  });

  test('is a mismatch when a secret key turns out to be another one', async () => {
    await using first = lab.openTokens();
    const key = await first.find(`pkcs11:serial=${one.serial};object=aes`);
    const { token } = (await first.find('pkcs11:token=changed;object=aes')).details;
    const file = await encrypt(TEXT, [key.recipient]);
    await using tokens = lab.openTokens();
    const opening = decrypt(file, [tokens.identity({ ...key.details, token })]);
    await expect(opening).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
  });

  test('is a mismatch for an alias that was enrolled with the former key', async () => {
    await using tokens = lab.openTokens();
    await tokens.enroll('kek', `pkcs11:serial=${one.serial};object=kek`);
    await using later = lab.openTokens({ aliases: { kek: 'pkcs11:token=changed;object=kek' } });
    await expect(later.find('kek')).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    await expect(later.test('kek')).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    expect(lab.asked).toEqual([]);
    await later.forget('kek');
  });
});

test('two keys with one label are ambiguous, and told apart by their ids', async () => {
  await using tokens = lab.openTokens();
  const finding = tokens.find('pkcs11:token=double;object=kek');
  await expect(finding).rejects.toMatchObject({ code: 'KEY_AMBIGUOUS' });
  expect((await tokens.find('pkcs11:token=double;id=%02')).details.id).toBe('02');
});
