import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeArmor } from './armor/encode.ts';
import { encrypt } from './encrypt.ts';
import { openIdentityFile, parseIdentityFile } from './identity-file.ts';
import { HybridIdentity } from './recipients/hybrid.ts';
import { ScryptRecipient } from './recipients/scrypt.ts';
import { X25519Identity } from './recipients/x25519.ts';
import { Secret } from './secret.ts';
import { codeOf, codeThrown } from './testing/codes.ts';

const one = X25519Identity.generate();
const two = HybridIdentity.generate();
const textOf = (identity: X25519Identity | HybridIdentity): string => {
  using line = identity.toSecret();
  return Buffer.from(line.bytes).toString();
};
const text = `# created: 2026\n#backup-id:  x \n\n${textOf(one)}\n${textOf(two)}\n`;
const neverAsk = async (): Promise<Secret> => await Promise.reject(new Error('nobody asks'));
const password = async (): Promise<Secret> => Secret.fromText('a password');

async function sealed(plaintext: string): Promise<Uint8Array> {
  using secret = await password();
  return await encrypt(Buffer.from(plaintext), [new ScryptRecipient(secret, { workFactor: 2 })]);
}

function expectBoth(file: ReturnType<typeof parseIdentityFile>): void {
  expect(file.identities.map((i) => i.recipient().toString())).toEqual([
    one.recipient().toString(),
    two.recipient().toString(),
  ]);
  expect(file.comments).toEqual(['created: 2026', 'backup-id:  x']);
}

test('identities and comments are read, whatever the line ends', () => {
  for (const form of [text, text.replaceAll('\n', '\r\n'), text.trimEnd()]) {
    expectBoth(parseIdentityFile(Buffer.from(form)));
  }
});

test('a file with a password is opened with it, armored or not', async () => {
  const file = await sealed(text);
  expectBoth(await openIdentityFile(file, password));
  expectBoth(await openIdentityFile(encodeArmor(file), password));
});

test('a file without a password is opened without asking for one', async () => {
  expectBoth(await openIdentityFile(Buffer.from(text), neverAsk));
});

test('a password that was asked for is disposed of, right or wrong', async () => {
  const file = await sealed(text);
  const right = Secret.fromText('a password');
  const wrong = Secret.fromText('another');
  await openIdentityFile(file, async () => right);
  const opening = openIdentityFile(file, async () => wrong);
  await expect(opening).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
  expect(() => right.bytes).toThrow(TypeError);
  expect(() => wrong.bytes).toThrow(TypeError);
});

test('a file that is encrypted otherwise is refused before a password is asked for', async () => {
  const file = await encrypt(Buffer.from(text), [one.recipient()]);
  await expect(openIdentityFile(file, neverAsk)).rejects.toMatchObject({
    code: 'IDENTITY_INVALID',
  });
});

test('a line that is no identity is named by its number and not quoted', () => {
  const broken = textOf(one).replace(/.$/, 'B');
  const file = Buffer.from(`# x\n${broken}\n`);
  let shown = '';
  try {
    parseIdentityFile(file);
  } catch (error) {
    shown = inspect(error, { depth: 9, showHidden: true });
  }
  expect(shown).toContain('line 2');
  expect(shown).not.toContain(broken.slice(-20));
});

test('a file without an identity is refused', () => {
  for (const bytes of ['', '\n', '# only words\n']) {
    expect(codeThrown(() => parseIdentityFile(Buffer.from(bytes)))).toBe('IDENTITY_INVALID');
  }
});

test('any bytes are an identity file or a typed error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      const error: unknown = await openIdentityFile(bytes, neverAsk).catch((e: unknown) => e);
      expect(codeOf(error)).toMatch(/^(IDENTITY_INVALID|ARMOR_INVALID|NOT_AGE)$/);
    }),
  );
});
