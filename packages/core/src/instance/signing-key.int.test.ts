import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { expect, test } from 'vitest';
import { verifySshsig } from '../backup-file/sshsig.ts';
import { instanceAt } from './instance.ts';
import { actAs, openPlace } from './testing/people.ts';

const run = promisify(execFile);

async function freshFolder(): Promise<string> {
  return join(await openPlace(), 'deep', 'state');
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;

test('opening an instance and asking whom it trusts makes nothing', async () => {
  const folder = await freshFolder();
  const instance = instanceAt({ folder });
  await instance.assertAccess();
  await instance.trust();
  await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('folder and key are made at the first use, for their owner alone', async () => {
  const folder = await freshFolder();
  const { signer } = await instanceAt({ folder }).signer();
  expect(await modeOf(folder)).toBe(0o700);
  expect((await readdir(folder)).toSorted()).toEqual(['instance-key.pem', 'instance-key.pub']);
  expect(await modeOf(join(folder, 'instance-key.pem'))).toBe(0o600);
  expect(await readFile(join(folder, 'instance-key.pem'), 'latin1')).toMatch(
    /^-----BEGIN PRIVATE KEY-----\n/,
  );
  expect((await instanceAt({ folder }).signer()).signer).toEqual(signer);
});

test('a loose umask opens nothing', async () => {
  const folder = await freshFolder();
  const before = process.umask(0);
  try {
    await instanceAt({ folder }).signer();
  } finally {
    process.umask(before);
  }
  expect(await modeOf(folder)).toBe(0o700);
  for (const name of await readdir(folder)) expect(await modeOf(join(folder, name))).toBe(0o600);
});

test('the fingerprint is the one that ssh-keygen prints, and the words are those of BIP-39', async () => {
  const folder = await freshFolder();
  const { signer } = await instanceAt({ folder }).signer();
  const { stdout } = await run('ssh-keygen', ['-lf', join(folder, 'instance-key.pub')]);
  expect(stdout.split(' ')[1]).toBe(signer.fingerprint);
  const digest = Buffer.from(signer.fingerprint.slice('SHA256:'.length), 'base64');
  expect(signer.words.join(' ')).toBe(entropyToMnemonic(digest, wordlist));
  expect(signer.words).toHaveLength(24);
});

test('what the key signs is verified as its own', async () => {
  const { signer, sign } = await instanceAt({ folder: await freshFolder() }).signer();
  const message = Buffer.from('a manifest');
  expect(verifySshsig(message, sign(message))).toBe(signer.publicKey);
});

test(
  'several processes that start at once end with the same key',
  { timeout: 120_000 },
  async () => {
    for (let round = 0; round < 3; round++) {
      const folder = await freshFolder();
      const act = { settings: { folder }, act: 'sign' } as const;
      const outcomes = await Promise.all(Array.from({ length: 6 }, async () => await actAs(act)));
      expect(outcomes.map(({ code }) => code)).toEqual(Array(6).fill('OK'));
      expect(new Set(outcomes.map(({ message }) => message)).size).toBe(1);
      expect((await readdir(folder)).toSorted()).toEqual(['instance-key.pem', 'instance-key.pub']);
    }
  },
);

test('several uses within one process end with the same key', async () => {
  const folder = await freshFolder();
  const all = await Promise.all(
    Array.from({ length: 20 }, async () => (await instanceAt({ folder }).signer()).signer),
  );
  expect(new Set(all.map(({ publicKey }) => publicKey)).size).toBe(1);
});

test('the key is synced before it gets its name, and the folder after', async () => {
  const folder = await freshFolder();
  const part = JSON.stringify({ settings: { folder }, act: 'sign' });
  const program = join(import.meta.dirname, 'testing', 'act-as.ts');
  const calls = join(await openPlace(), 'calls');
  const trace = [
    '-f',
    '-o',
    calls,
    '-e',
    'trace=openat,fsync,link,linkat,rename,renameat,renameat2',
  ];
  await run('strace', [...trace, process.execPath, program, part]);
  const lines = (await readFile(calls, 'utf8')).split('\n');
  const of = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
  const made = of(/openat\(.*instance-key\.pem\.[0-9a-f]+\.new/);
  const linked = of(/link(at)?\(.*instance-key\.pem"/);
  const synced = lines.findIndex((line, at) => at > made && line.includes('fsync('));
  const folderSynced = lines.findIndex((line, at) => at > linked && line.includes('fsync('));
  expect(made).toBeGreaterThan(-1);
  expect(synced).toBeLessThan(linked);
  expect(folderSynced).toBeGreaterThan(linked);
});

test.each([
  ['empty', ''],
  ['cut short', '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw'],
  ['text', 'not a key'],
  ['too large', 'x'.repeat(5000)],
])('a signing key that is %s is an error and stays as it is', async (_, content) => {
  const folder = await freshFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'instance-key.pem');
  await writeFile(path, content);
  await expect(instanceAt({ folder }).signer()).rejects.toMatchObject({ code: 'STATE_INVALID' });
  expect(await readFile(path, 'utf8')).toBe(content);
});

test('a signing key of another kind, or a folder in its place, is an error', async () => {
  const folder = await freshFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'instance-key.pem');
  await run('openssl', ['genpkey', '-algorithm', 'x25519', '-out', path]);
  await expect(instanceAt({ folder }).signer()).rejects.toMatchObject({ code: 'STATE_INVALID' });
  await rm(path);
  await mkdir(path);
  await expect(instanceAt({ folder }).signer()).rejects.toMatchObject({ code: 'STATE_INVALID' });
});

test('a public key that is missing or another’s is written anew', async () => {
  const folder = await freshFolder();
  const path = join(folder, 'instance-key.pub');
  const { signer } = await instanceAt({ folder }).signer();
  for (const spoil of [
    async () => await rm(path),
    async () => await writeFile(path, 'ssh-ed25519 AAAA x\n'),
  ]) {
    await spoil();
    await instanceAt({ folder }).signer();
    expect(await readFile(path, 'utf8')).toBe(`${signer.publicKey} holdfast\n`);
  }
});

test('what a killed process left behind does no harm', async () => {
  const folder = await freshFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'instance-key.pem.00112233.new'), 'half a k');
  await expect(instanceAt({ folder }).signer()).resolves.toHaveProperty('signer');
});

test.each([0o755, 0o750, 0o701, 0o777])('a state folder of mode %o is refused', async (mode) => {
  const folder = await freshFolder();
  await mkdir(folder, { recursive: true });
  await chmod(folder, mode);
  await expect(instanceAt({ folder }).signer()).rejects.toMatchObject({ code: 'STATE_INVALID' });
  expect(await readdir(folder)).toEqual([]);
});

test('a state folder that is a file, or a link to nowhere, is a typed error', async () => {
  const place = await openPlace();
  await writeFile(join(place, 'file'), '');
  await symlink(join(place, 'nowhere', 'deeper'), join(place, 'link'));
  for (const name of ['file', 'file/within', 'link']) {
    const instance = instanceAt({ folder: join(place, name) });
    await expect(instance.signer()).rejects.toHaveProperty('remedy');
  }
});
