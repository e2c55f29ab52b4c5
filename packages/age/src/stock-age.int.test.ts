import { execFile } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decryptFile } from './decrypt-file.ts';
import { encryptFile } from './encrypt-file.ts';
import { X25519Identity } from './recipients/x25519.ts';

const run = promisify(execFile);
const SIZE = 100 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-100mib-'));
const path = (name: string): string => join(folder, name);
const identity = X25519Identity.generate();

async function sha256(name: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path(name)), hash);
  return hash.digest('hex');
}

beforeAll(async () => {
  await writeFile(path('plaintext'), randomFillSync(new Uint8Array(SIZE)));
  using line = identity.toSecret();
  await writeFile(path('identity.txt'), line.bytes, { mode: 0o600 });
});

afterAll(() => rmSync(folder, { recursive: true }));

test('100 MiB go from us to age', { timeout: 120_000 }, async () => {
  {
    await using input = await open(path('plaintext'));
    await using output = await open(path('ours.age'), 'w');
    const from = { fd: input.fd, offset: 0 };
    const to = { fd: output.fd, offset: 0 };
    const { plaintextSize } = await encryptFile(from, to, [identity.recipient()]);
    expect(plaintextSize).toBe(SIZE);
  }
  const args = ['-d', '-i', path('identity.txt'), '-o', path('ours.txt'), path('ours.age')];
  await run('age', args);
  expect(await sha256('ours.txt')).toBe(await sha256('plaintext'));
});

test('100 MiB go from age to us', { timeout: 120_000 }, async () => {
  const recipient = identity.recipient().toString();
  await run('age', ['-r', recipient, '-o', path('theirs.age'), path('plaintext')]);
  {
    await using input = await open(path('theirs.age'));
    await using output = await open(path('theirs.txt'), 'w');
    const from = { fd: input.fd, offset: 0 };
    const to = { fd: output.fd, offset: 0 };
    const { size } = await decryptFile(from, to, [identity], { digests: true });
    expect(size).toBe(SIZE);
  }
  expect(await sha256('theirs.txt')).toBe(await sha256('plaintext'));
});
