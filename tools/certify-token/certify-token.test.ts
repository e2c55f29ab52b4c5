import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSmartcard, type Smartcard } from '@holdfast/token/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

let smartcard: Smartcard;
let folder: string;

beforeAll(async () => {
  smartcard = await openSmartcard({ keys: { '9d': 'p256' } });
  folder = await mkdtemp(join(tmpdir(), 'holdfast-certify-'));
});

afterAll(async () => {
  await smartcard[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('certify:token', { timeout: 300_000 }, () => {
  it('certifies a card, and costs it no try of the PIN', async () => {
    const { code, output } = await certify(smartcard.card.pin);
    expect(output).toContain('Certified: every rule holds.');
    expect(output).toContain('p256tag');
    expect(output).not.toContain(smartcard.card.pin);
    expect(code).toBe(0);
    expect(smartcard.card.triesLeft).toBe(3);
  });

  it('gives a wrong PIN once, and nothing more to that card in later runs', async () => {
    expect((await certify('654321')).code).toBe(2);
    expect(smartcard.card.triesLeft).toBe(2);
    expect((await certify('654321')).code).toBe(2);
    expect((await certify(smartcard.card.pin)).code).toBe(2);
    expect(smartcard.card.triesLeft).toBe(2);
  });
});

async function certify(pin: string): Promise<{ code: number; output: string }> {
  const pinFile = join(folder, 'pin');
  await writeFile(pinFile, `${pin}\n`, { mode: 0o600 });
  const env = { ...process.env, ...smartcard.environment, XDG_STATE_HOME: folder };
  return await new Promise((resolve) => {
    const args = [MAIN, smartcard.module, '--pin-file', pinFile];
    const child = execFile(process.execPath, args, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}
