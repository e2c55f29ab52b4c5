import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePublicKeyText, publicKeyText, rawPublicKey } from './ssh-wire.ts';
import { NAMESPACE, signSshsig, verifySshsig } from './sshsig.ts';

const run = promisify(execFile);
const message = Buffer.from('a manifest\n');
const { privateKey } = generateKeyPairSync('ed25519');
const folder = await mkdtemp(join(tmpdir(), 'holdfast-sshsig-'));
const at = (name: string): string => join(folder, name);

async function sshKeygen(...args: string[]): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'ssh-keygen "$@" < "$0"', at('message'), ...args]);
  return stdout;
}

async function keyBySsh(type = 'ed25519'): Promise<{ publicKey: string }> {
  for (const name of ['id', 'id.pub', 'message', 'message.sig'])
    await rm(at(name), { force: true });
  await writeFile(at('message'), message);
  await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', at('id')]);
  return { publicKey: (await readFile(at('id.pub'), 'utf8')).trim() };
}

test('ssh-keygen accepts what we sign', async () => {
  const publicKey = publicKeyText(rawPublicKey(privateKey));
  await writeFile(at('message'), message);
  await writeFile(at('ours.sig'), signSshsig(message, privateKey));
  await writeFile(at('allowed'), `someone namespaces="holdfast-backup" ${publicKey}\n`);
  const check = ['-n', NAMESPACE, '-s', at('ours.sig')];
  const verified = await sshKeygen('-Y', 'verify', '-f', at('allowed'), '-I', 'someone', ...check);
  expect(verified).toContain('Good "holdfast-backup" signature for someone');
  expect(await sshKeygen('-Y', 'check-novalidate', ...check)).toContain('Good');
});

test('we accept what ssh-keygen signs, and it has the very form of ours', async () => {
  const { publicKey } = await keyBySsh();
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-f', at('id'), '-n', NAMESPACE, at('message')]);
  const signature = await readFile(at('message.sig'));
  expect(verifySshsig(message, signature)).toBe(publicKey);
});

test.each([
  ['for another purpose', ['-n', 'git']],
  ['with another hash', ['-n', NAMESPACE, '-O', 'hashalg=sha256']],
])('a signature %s is invalid', async (_, options) => {
  await keyBySsh();
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-f', at('id'), ...options, at('message')]);
  const signature = await readFile(at('message.sig'));
  expect(() => verifySshsig(message, signature)).toThrow(invalid());
});

test.each(['rsa', 'ecdsa'])('a signature by a key of type %s is invalid', async (type) => {
  await keyBySsh(type);
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-f', at('id'), '-n', NAMESPACE, at('message')]);
  const signature = await readFile(at('message.sig'));
  expect(() => verifySshsig(message, signature)).toThrow(invalid());
});

test('any message that is signed is verified, and any other is not', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (signed, other) => {
      const signature = signSshsig(signed, privateKey);
      expect(verifySshsig(signed, signature)).toBe(publicKeyText(rawPublicKey(privateKey)));
      if (Buffer.compare(signed, other) === 0) return;
      expect(() => verifySshsig(other, signature)).toThrow(invalid());
    }),
  );
});

test('a signature with any bit flipped is invalid', () => {
  const signature = signSshsig(message, privateKey);
  for (let bit = 0; bit < signature.length * 8; bit++) {
    const flipped = Uint8Array.from(signature);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => verifySshsig(message, flipped)).toThrow(invalid());
  }
});

test('any bytes at all are an invalid signature', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(() => verifySshsig(message, bytes)).toThrow(invalid());
    }),
  );
});

test.each([
  ['lines of another length', (text: string) => text.replace(/\n(?!-)/g, '')],
  ['Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ['no final newline', (text: string) => text.trimEnd()],
  ['something behind it', (text: string) => `${text}\n`],
  ['something before it', (text: string) => ` ${text}`],
])('a signature with %s is invalid', (_, alter) => {
  const text = Buffer.from(signSshsig(message, privateKey)).toString();
  expect(alter(text)).not.toBe(text);
  expect(() => verifySshsig(message, Buffer.from(alter(text)))).toThrow(invalid());
});

test('the text of a public key is read strictly', () => {
  const raw = rawPublicKey(privateKey);
  const text = publicKeyText(raw);
  expect(parsePublicKeyText(text)).toEqual(raw);
  for (const other of [
    '',
    'ssh-ed25519',
    `${text} comment`,
    text.slice(0, -4),
    `${text}AAAA`,
    text.replace('ssh-', 'xsh-'),
  ]) {
    expect(parsePublicKeyText(other)).toBeNull();
  }
});

function invalid(): Error {
  return expect.objectContaining({ code: 'SIGNATURE_INVALID' }) as Error;
}
