import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_CODES, codesOf, joinCommands } from './codes.ts';
import { qrCode } from './qr-code.ts';

const ID = '3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55';

/** Does what the sheet says with these lines. */
function joined(lines: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-codes-'));
  try {
    writeFileSync(join(folder, 'codes.txt'), lines);
    execFileSync('sh', ['-euc', joinCommands(ID, 'backup.tar').join('\n')], {
      cwd: folder,
      stdio: 'pipe',
    });
    return readFileSync(join(folder, 'backup.tar'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('whatever its length, the command on the sheet puts a backup together again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 6000 }), async (bytes) => {
      const { texts, sha256, size } = await codesOf(bytes, ID);
      expect(joined(texts.map((text) => `${text}\n`).join(''))).toEqual(Buffer.from(bytes));
      expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(size).toBe(bytes.length);
    }),
    { numRuns: 25 },
  );
});

test('the order, repetitions, other codes and what a scanner says besides do not matter', async () => {
  const bytes = randomBytes(3000);
  const { texts } = await codesOf(bytes, ID);
  const other = await codesOf(randomBytes(700), '00000000-6c1e-4f1d-9c39-0d3a2c9b7e55');
  expect(texts.length).toBeGreaterThan(2);
  const lines = [
    'Connection Null',
    ...texts.toReversed(),
    ...other.texts,
    `QR-Code:${texts[1] ?? ''}`,
  ];
  expect(joined(lines.map((line) => `${line}\r\n`).join(''))).toEqual(bytes);
});

test('a part that is missing gives no file that passes for the backup', async () => {
  const bytes = randomBytes(3000);
  const { texts } = await codesOf(bytes, ID);
  for (const missing of texts) {
    const lines = texts.filter((text) => text !== missing).join('\n');
    expect(() => joined(`${lines}\n`)).toThrow();
  }
});

test('every part says whose it is, and is written in what QR codes hold most of', async () => {
  for (let length = 1; length < 12; length++) {
    const { texts } = await codesOf(randomBytes(length), ID);
    for (const text of texts) {
      expect(text).toMatch(/^HOLDFAST 3F1A52A0 01\/01 [A-Z2-7]+$/);
      expect(qrCode(text).path).toMatch(/^M4 4h7v1/);
    }
  }
});

test('the largest backup that fits has as many codes as are allowed, and the next one is refused', async () => {
  // Random bytes cannot be compressed: gzip adds 5 bytes to every block, and 18 around them all.
  const { texts } = await codesOf(randomBytes(14_950), ID);
  expect(texts).toHaveLength(MOST_CODES);
  expect(texts[23]).toMatch(/^HOLDFAST 3F1A52A0 24\/24 /);
  await expect(codesOf(randomBytes(15_001), ID)).rejects.toMatchObject({
    code: 'SHEET_TOO_LARGE',
  });
});

test('all codes of a backup are equally large', async () => {
  const { texts } = await codesOf(randomBytes(9000), ID);
  expect(new Set(texts.map((text) => qrCode(text).size)).size).toBe(1);
});
