import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeArmor } from './armor/decode.ts';
import { encodeArmor } from './armor/encode.ts';
import { decrypt } from './decrypt.ts';
import { encrypt } from './encrypt.ts';
import { openIdentityFile, parseIdentityFile } from './identity-file.ts';
import { ScryptIdentity, ScryptRecipient } from './recipients/scrypt.ts';
import { X25519Identity } from './recipients/x25519.ts';
import { Secret } from './secret.ts';
import { ageWithPassword } from './testing/stock-age.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-stock-age-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const PASSWORD = 'correct horse battery staple';

function payloadOf(size: number): Uint8Array {
  return new Uint8Array(size).map((_, index) => index * 13);
}

function identityFile(identity: X25519Identity): string {
  using line = identity.toSecret();
  writeFileSync(path('identity.txt'), line.bytes, { mode: 0o600 });
  return path('identity.txt');
}

describe.each([0, 1, 65_535, 65_536, 65_537])('%i bytes', (size) => {
  const identity = X25519Identity.generate();

  test.each([
    ['binary', (file: Uint8Array) => file],
    ['armored', encodeArmor],
  ])('go from us to age, %s', async (_, dress) => {
    const file = dress(await encrypt(payloadOf(size), [identity.recipient()]));
    const opened = execFileSync('age', ['-d', '-i', identityFile(identity)], { input: file });
    expect(Buffer.compare(opened, payloadOf(size))).toBe(0);
  });

  test.each([
    ['binary', []],
    ['armored', ['-a']],
  ])('go from age to us, %s', async (_, options) => {
    const args = [...options, '-r', identity.recipient().toString()];
    const file = execFileSync('age', args, { input: payloadOf(size) });
    expect(Buffer.compare(await decrypt(file, [identity]), payloadOf(size))).toBe(0);
  });
});

test('the armor is the same, byte for byte', () => {
  const recipient = X25519Identity.generate().recipient().toString();
  const armored = execFileSync('age', ['-a', '-r', recipient], { input: payloadOf(1000) });
  expect(Buffer.compare(encodeArmor(decodeArmor(armored)), armored)).toBe(0);
});

test('an identity file of age-keygen is read, and its recipient is the same', () => {
  const text = execFileSync('age-keygen', { stdio: ['ignore', 'pipe', 'ignore'] });
  const { identities, comments } = parseIdentityFile(text);
  expect(comments).toContain(`public key: ${identities[0]?.recipient().toString() ?? ''}`);
});

test('a password of ours is accepted by age, and the other way round', async () => {
  using password = Secret.fromText(PASSWORD);
  const recipient = new ScryptRecipient(password, { workFactor: 10 });
  writeFileSync(path('ours.age'), await encrypt(Buffer.from('from us'), [recipient]));
  ageWithPassword(['-d', '-o', path('ours.txt'), path('ours.age')], PASSWORD);
  expect(readFileSync(path('ours.txt'), 'utf8')).toBe('from us');

  writeFileSync(path('theirs.txt'), 'from age');
  ageWithPassword(['-p', '-o', path('theirs.age'), path('theirs.txt')], PASSWORD);
  const opened = await decrypt(readFileSync(path('theirs.age')), [new ScryptIdentity(password)]);
  expect(Buffer.from(opened).toString()).toBe('from age');
});

test('an identity file with a password serves age and us alike', async () => {
  const identity = X25519Identity.generate();
  using line = identity.toSecret();
  using password = Secret.fromText(PASSWORD);
  const recipient = new ScryptRecipient(password, { workFactor: 10 });
  const sealed = await encrypt(line.bytes, [recipient]);
  writeFileSync(path('sealed-identity.age'), encodeArmor(sealed));
  const file = await encrypt(Buffer.from('behind two locks'), [identity.recipient()]);
  writeFileSync(path('secret.age'), file);
  const args = ['-d', '-i', path('sealed-identity.age'), '-o', path('secret.txt')];
  ageWithPassword([...args, path('secret.age')], PASSWORD);
  expect(readFileSync(path('secret.txt'), 'utf8')).toBe('behind two locks');
  const { identities } = await openIdentityFile(sealed, async () => Secret.fromText(PASSWORD));
  expect(Buffer.from(await decrypt(file, identities)).toString()).toBe('behind two locks');
});
