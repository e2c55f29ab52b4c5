import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { open, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeArmor } from './armor/encode.ts';
import { decrypt } from './decrypt.ts';
import { decryptFile } from './decrypt-file.ts';
import { encrypt } from './encrypt.ts';
import { encryptFile } from './encrypt-file.ts';
import { digestFile } from './payload/index.ts';
import { X25519Identity } from './recipients/x25519.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const identity = X25519Identity.generate();
const recipients = [identity.recipient()];
const plaintext = new Uint8Array(200_000).map((_, index) => index * 11);

async function withFile<T>(name: string, flags: string, use: (file: FileHandle) => Promise<T>) {
  await using file = await open(join(folder, name), flags);
  return await use(file);
}

async function sealed(name: string): Promise<{ size: number; plaintextSize: number }> {
  await writeFile(join(folder, 'plaintext'), plaintext);
  return await withFile(
    'plaintext',
    'r',
    async (input) =>
      await withFile(
        name,
        'w',
        async (output) =>
          await encryptFile({ fd: input.fd, offset: 0 }, { fd: output.fd, offset: 0 }, recipients),
      ),
  );
}

test('a file is encrypted to a file, and its sizes are told', async () => {
  const report = await sealed('one.age');
  expect(report).toEqual({ size: statSync(join(folder, 'one.age')).size, plaintextSize: 200_000 });
  const file = await readFile(join(folder, 'one.age'));
  expect(Buffer.compare(await decrypt(file, [identity]), plaintext)).toBe(0);
});

test('a file inside a file is decrypted, digested on the way, and nothing around it is read', async () => {
  const file = await encrypt(plaintext, recipients);
  const around = Buffer.from('something else');
  await writeFile(join(folder, 'inside'), Buffer.concat([around, file, around]));
  await writeFile(join(folder, 'alone'), file);
  const region = { offset: around.length, size: file.length };
  await withFile('inside', 'r', async ({ fd }) => {
    await withFile('opened', 'w', async (output) => {
      const target = { fd: output.fd, offset: 3 };
      const options = { digests: true };
      const report = await decryptFile({ fd, ...region }, target, [identity], options);
      expect(report.size).toBe(plaintext.length);
      expect(report.encrypted).toEqual(await digestFile({ fd, ...region }));
    });
    const checked = await decryptFile({ fd, ...region }, null, [identity]);
    expect(checked.size).toBe(plaintext.length);
  });
  const opened = await readFile(join(folder, 'opened'));
  expect(Buffer.compare(opened.subarray(3), plaintext)).toBe(0);
});

test('pipes are read and written in sequence, both ways', async () => {
  await withFile('through', 'w', async (output) => {
    const piped = await feed(plaintext);
    await encryptFile({ fd: piped.fd }, { fd: output.fd }, recipients);
    await piped.close();
  });
  const file = await readFile(join(folder, 'through'));
  const piped = await feed(file);
  const report = await withFile(
    'back',
    'w',
    async (output) => await decryptFile({ fd: piped.fd }, { fd: output.fd }, [identity]),
  );
  await piped.close();
  expect(report.size).toBe(plaintext.length);
  expect(Buffer.compare(await readFile(join(folder, 'back')), plaintext)).toBe(0);
});

/** The reading end of a pipe that another program writes `bytes` to. */
async function feed(bytes: Uint8Array): Promise<FileHandle> {
  const name = join(folder, `feed-${String(Math.random())}`);
  await once(spawn('mkfifo', [name]), 'exit');
  const writer = spawn('sh', ['-c', 'cat > "$0"', name], { stdio: ['pipe', 'inherit', 'inherit'] });
  writer.stdin.end(bytes);
  return await open(name, 'r');
}

test('nothing is written when no identity matches', async () => {
  await sealed('two.age');
  await withFile('two.age', 'r', async ({ fd }) => {
    await withFile('untouched', 'w', async (output) => {
      const strangers = [X25519Identity.generate()];
      const opening = decryptFile({ fd, offset: 0 }, { fd: output.fd }, strangers);
      await expect(opening).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
    });
  });
  expect(statSync(join(folder, 'untouched')).size).toBe(0);
});

test('a file that was changed anywhere does not open', async () => {
  const file = await encrypt(plaintext.subarray(0, 70_000), recipients);
  for (let at = 0; at < file.length; at += 997) {
    const changed = new Uint8Array(file);
    changed[at]! ^= 1;
    await writeFile(join(folder, 'changed'), changed);
    await withFile('changed', 'r', async ({ fd }) => {
      const opening = decryptFile({ fd, offset: 0 }, null, [identity]);
      await expect(opening).rejects.toMatchObject({ name: 'HoldfastError' });
    });
  }
});

test('an armored file is not taken for a binary one', async () => {
  await writeFile(join(folder, 'armored'), encodeArmor(await encrypt(plaintext, recipients)));
  await withFile('armored', 'r', async ({ fd }) => {
    const opening = decryptFile({ fd, offset: 0 }, null, [identity]);
    await expect(opening).rejects.toMatchObject({ code: 'NOT_AGE' });
  });
});
