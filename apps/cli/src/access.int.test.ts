import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { accessTokenHash } from '@holdfast/core';
import { openSandbox, type Sandbox } from './testing/sandbox.ts';

interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function holdfast({ folder, env }: Sandbox, ...args: readonly string[]): Promise<Ended> {
  const child = spawn('holdfast', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const read = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      read[name] += part;
    });
  }
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exit, ...read };
}

/** Every file below a folder that holds a text. */
async function holding(folder: string, text: string): Promise<string[]> {
  const found = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

test(
  'a token is alone on standard output, once, and nowhere else',
  { timeout: 60_000 },
  async () => {
    await using sandbox = await openSandbox([]);
    const create = ['access', 'create', 'ci', '--role', 'operator', '--expires', '90d'];
    const made = await holdfast(sandbox, ...create, '--from', '10.0.0.0/8', '--from', '::1');
    expect(made.exit).toBe(0);
    const token = made.stdout.trimEnd();
    expect(made.stdout).toBe(`${token}\n`);
    expect(accessTokenHash(token)).not.toBeNull();
    const secret = token.slice('hf_'.length, -6);
    expect(made.stderr).not.toContain(secret);
    expect(await holding(sandbox.folder, secret)).toEqual([]);
    const listed = await holdfast(sandbox, 'access', 'list', '--json');
    expect(listed.stdout).not.toContain(accessTokenHash(token));
    expect(JSON.parse(listed.stdout)).toMatchObject({
      access: [{ name: 'ci', role: 'operator', sources: ['10.0.0.0/8', '::1'], removedAt: null }],
    });
  },
);

test(
  'a name has one token at a time, and none once it is revoked',
  { timeout: 60_000 },
  async () => {
    await using sandbox = await openSandbox([]);
    const create = ['access', 'create', 'ci', '--role', 'auditor'];
    expect(await holdfast(sandbox, ...create)).toMatchObject({ exit: 0 });
    expect(await holdfast(sandbox, ...create)).toMatchObject({ exit: 8, stdout: '' });
    expect(await holdfast(sandbox, 'access', 'revoke', 'ci')).toMatchObject({ exit: 0 });
    expect(await holdfast(sandbox, 'access', 'revoke', 'ci')).toMatchObject({ exit: 10 });
    expect((await holdfast(sandbox, 'access', 'list')).stdout).toContain('revoked');
    expect(await holdfast(sandbox, ...create)).toMatchObject({ exit: 0 });
  },
);

test.each([
  ['without a role', ['ci']],
  ['with a role that there is not', ['ci', '--role', 'custodian']],
  ['with a time that is none', ['ci', '--role', 'auditor', '--expires', 'soon']],
  ['with a network that is none', ['ci', '--role', 'auditor', '--from', '10.0.0.0/33']],
  ['with a name that is none', ['Big Name', '--role', 'auditor']],
])('access %s is not given', { timeout: 60_000 }, async (_, args) => {
  await using sandbox = await openSandbox([]);
  const refused = await holdfast(sandbox, 'access', 'create', ...args);
  expect(refused).toMatchObject({ exit: 2, stdout: '' });
});
