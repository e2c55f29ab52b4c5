import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publicKeyText, rawPublicKey } from '../backup-file/ssh-wire.ts';
import { signSshsig } from '../backup-file/sshsig.ts';
import { parseAllowedSigners } from './allowed-signers.ts';
import { instanceAt } from './instance.ts';
import { signatureStatus, type SignatureStatus } from './signature-status.ts';
import { openPlace } from './testing/people.ts';

const run = promisify(execFile);
const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = publicKeyText(rawPublicKey(privateKey));
const stranger = publicKeyText(rawPublicKey(generateKeyPairSync('ed25519').privateKey));
const manifest = Buffer.from('{"created": "2026-06-15T12:00:00Z"}\n');
const signature = signSshsig(manifest, privateKey);

async function statusWith(lines: string, message: Uint8Array = manifest): Promise<SignatureStatus> {
  const trustFile = join(await openPlace(), 'signers');
  await writeFile(trustFile, lines);
  const instance = instanceAt({ folder: join(await openPlace(), 'state'), trustFile });
  return signatureStatus(message, signSshsig(message, privateKey), await instance.trust());
}

/** What ssh-keygen says of the same signature, file and time. */
async function acceptedBySsh(lines: string): Promise<boolean> {
  const place = await openPlace();
  const at = (name: string): string => join(place, name);
  await writeFile(at('allowed'), lines);
  await writeFile(at('message'), manifest);
  await writeFile(at('sig'), signature);
  const args = ['-Y', 'verify', '-f', at('allowed'), '-I', 'alice', '-n', 'holdfast-backup'];
  const time = ['-s', at('sig'), '-O', 'verify-time=20260615120000Z'];
  const done = run('sh', ['-c', 'ssh-keygen "$@" < "$0"', at('message'), ...args, ...time]);
  return await done.then(
    () => true,
    () => false,
  );
}

test('a backup without signature is unsigned', async () => {
  const trust = await instanceAt({ folder: join(await openPlace(), 'state') }).trust();
  expect(signatureStatus(manifest, null, trust)).toEqual({ status: 'unsigned' });
});

test('the instance trusts its own key', async () => {
  const instance = instanceAt({ folder: join(await openPlace(), 'state') });
  const { signer, sign } = await instance.signer();
  const status = signatureStatus(manifest, sign(manifest), await instance.trust());
  expect(status).toEqual({ status: 'trusted', signer, principal: 'this instance' });
});

test('a valid signature by anybody else is one of an unknown signer, who is described', async () => {
  const status = await statusWith('');
  expect(status).toMatchObject({ status: 'unknown-signer', signer: { publicKey } });
  expect(status).not.toHaveProperty('principal');
});

test('a signature that is not valid is an error, whoever is trusted', async () => {
  const trust = await instanceAt({ folder: join(await openPlace(), 'state') }).trust();
  const other = Buffer.from('{"created": "2026-06-15T12:00:01Z"}\n');
  expect(() => signatureStatus(other, signature, trust)).toThrow(
    expect.objectContaining({ code: 'SIGNATURE_INVALID' }) as Error,
  );
});

test.each<[string, boolean]>([
  [`alice ${publicKey}`, true],
  [`alice ${publicKey} with a comment`, true],
  [`alice\t${publicKey}`, true],
  [`  alice ${publicKey}`, true],
  [`# a comment\n\nalice ${publicKey}\n`, true],
  [`alice ${stranger}\nalice ${publicKey}`, true],
  [`alice ${stranger}`, false],
  [`"alice" ${publicKey}`, true],
  [`alice namespaces="holdfast-backup" ${publicKey}`, true],
  [`alice namespaces="git,holdfast-*" ${publicKey}`, true],
  [`alice namespaces="holdfast-backu?" ${publicKey}`, true],
  [`alice NAMESPACES="holdfast-backup" ${publicKey}`, true],
  [`alice namespaces="git" ${publicKey}`, false],
  [`alice namespaces="*,!holdfast-backup" ${publicKey}`, false],
  [`alice namespaces="holdfast.backup" ${publicKey}`, false],
  [`alice valid-after="20260615115959Z" ${publicKey}`, true],
  [`alice valid-after="20260615120000Z" ${publicKey}`, true],
  [`alice valid-after="20260615120001Z" ${publicKey}`, false],
  [`alice valid-before="20260615120000Z" ${publicKey}`, true],
  [`alice valid-before="20260615115959Z" ${publicKey}`, false],
  [`alice valid-before="20260616" ${publicKey}`, true],
  [`alice valid-before="202606141200" ${publicKey}`, false],
  [
    `alice namespaces="holdfast-backup",valid-after="20260101",valid-before="20270101" ${publicKey}`,
    true,
  ],
  [`alice valid-before="20200101" ${publicKey}\nalice ${publicKey}`, true],
])('%j is understood as by ssh-keygen', async (lines, trusted) => {
  expect(await acceptedBySsh(lines)).toBe(trusted);
  const { status } = await statusWith(lines);
  expect(status).toBe(trusted ? 'trusted' : 'unknown-signer');
});

test('the principals are reported as they stand there', async () => {
  const status = await statusWith(`alice@example.com,bob ${publicKey}\n`);
  expect(status).toMatchObject({ status: 'trusted', principal: 'alice@example.com,bob' });
});

test('a key with an end counts for no manifest that does not say when it was made', async () => {
  const line = `alice valid-before="20990101" ${publicKey}`;
  for (const text of ['{}', 'no JSON', '[]', '{"created": 5}', '{"created": "soon"}']) {
    expect((await statusWith(line, Buffer.from(text))).status).toBe('unknown-signer');
    expect((await statusWith(`alice ${publicKey}`, Buffer.from(text))).status).toBe('trusted');
  }
});

test('keys that cannot sign a backup may stand in a shared file', () => {
  const lines = [
    `alice ${publicKey}`,
    'bob ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 bob@example.com',
    'carol namespaces="git" ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAA=',
    'dave sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAA',
  ];
  expect(parseAllowedSigners(lines.join('\r\n'), 'f').map((s) => s.principal)).toEqual(['alice']);
});

test.each([
  'alice',
  'alice ssh-ed25519',
  `alice ${publicKey.slice(0, -2)}`,
  `alice ${publicKey.replace('AAAA', 'BBBB')}`,
  `${publicKey} alice`,
  `alice ssh-unheard-of AAAA`,
  `alice cert-authority ${publicKey}`,
  `alice cert-authority ssh-rsa AAAA`,
  `alice verify-required ${publicKey}`,
  `alice namespaces ${publicKey}`,
  `alice namespaces="" ${publicKey}`,
  `alice namespaces="git",namespaces="holdfast-backup" ${publicKey}`,
  `alice namespaces="git" namespaces="file" ${publicKey}`,
  `alice namespaces="git ${publicKey}`,
  `alice valid-before="soon" ${publicKey}`,
  `alice valid-before="20260230" ${publicKey}`,
  `alice valid-before="2026061525" ${publicKey}`,
  `alice valid-after="20270101",valid-before="20260101" ${publicKey}`,
  `"alice ${publicKey}`,
  `alice ${publicKey} \u001b[2J`,
])('a line that is not understood is refused by its number: %j', (line) => {
  const lines = `# first\nalice ${publicKey}\n${line}\n`;
  expect(() => parseAllowedSigners(lines, '/etc/signers')).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('/etc/signers, line 3:') as string,
    }) as Error,
  );
});

test('any text at all is a trust file or a typed error', () => {
  const pieces = [
    'alice ',
    'namespaces=',
    '"',
    '"x"',
    ',',
    ' ',
    publicKey,
    '\\"',
    'valid-after=',
    '!*',
  ];
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...pieces)).map((p) => p.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(Array.isArray(parseAllowedSigners(text, 'f'))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
      }
    }),
    { numRuns: 1000 },
  );
});

test('a hostile line takes no time', () => {
  const started = performance.now();
  const pattern = '*a'.repeat(2000);
  parseAllowedSigners(`alice namespaces="${pattern}" ${publicKey}`, 'f');
  for (const line of [
    `alice ${'"\\"'.repeat(20_000)}`,
    `alice ${'a="b",'.repeat(10_000)}`,
    ' '.repeat(50_000),
  ]) {
    try {
      parseAllowedSigners(line, 'f');
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    }
  }
  expect(performance.now() - started).toBeLessThan(5000);
});

test('a trust file that anybody may write is refused', async () => {
  const place = await openPlace();
  const trustFile = join(place, 'signers');
  await writeFile(trustFile, `alice ${publicKey}\n`);
  await chmod(trustFile, 0o666);
  const instance = instanceAt({ folder: join(place, 'state'), trustFile });
  await expect(instance.trust()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('a trust file that is a folder or huge is a typed error', async () => {
  const place = await openPlace();
  await mkdir(join(place, 'folder'));
  await writeFile(join(place, 'huge'), '#'.repeat(1024 * 1024 + 1));
  for (const name of ['folder', 'huge']) {
    const instance = instanceAt({ folder: join(place, 'state'), trustFile: join(place, name) });
    await expect(instance.trust()).rejects.toMatchObject({ code: 'STATE_INVALID' });
  }
});
