import { spawn } from 'node:child_process';
import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { StatusReport } from '@holdfast/core';
import { openSandbox, type Sandbox } from './testing/sandbox.ts';

const FILES: readonly (readonly [string, string])[] = [
  ['pw', 'correct horse battery staple\n'],
  ['small', 'the value'],
];

async function holdfast(
  { folder, env }: Sandbox,
  ...args: readonly string[]
): Promise<{ exit: number | null; stdout: string }> {
  const child = spawn('holdfast', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
  });
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exit, stdout };
}

async function status(sandbox: Sandbox): Promise<StatusReport & { exit: number | null }> {
  const { exit, stdout } = await holdfast(sandbox, 'status', '--json');
  return { ...(JSON.parse(stdout) as StatusReport), exit };
}

const codes = ({ findings }: StatusReport): string[] => findings.map(({ code }) => code);

/** Begins a backup of something large, and kills it when it has begun to write. */
async function cutOff(sandbox: Sandbox, name: string): Promise<void> {
  const { folder, env } = sandbox;
  const big = join(folder, 'big');
  await writeFile(big, '');
  await truncate(big, 8 * 1024 ** 3);
  const args = ['backup', 'big', '--name', name, '--to', 'disk/out.tar', '--password-file', 'pw'];
  const child = spawn('holdfast', args, { cwd: folder, env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  try {
    while (!(await readdir(join(folder, 'disk'))).some((file) => file.endsWith('.partial'))) {
      expect(child.exitCode).toBeNull();
      await sleep(20);
    }
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

test(
  'a first backup that was killed is no backup, and status says so',
  { timeout: 120_000 },
  async () => {
    await using sandbox = await openSandbox(FILES);
    await mkdir(join(sandbox.folder, 'disk'));
    await cutOff(sandbox, 'sso');
    const report = await status(sandbox);
    expect(codes(report)).toEqual(['nothing-known', 'interrupted-job']);
    expect(report).toMatchObject({ exit: 1, secrets: [] });
  },
);

test(
  'a backup that was killed leaves the former one counted, until it is made again',
  { timeout: 120_000 },
  async () => {
    await using sandbox = await openSandbox(FILES);
    await mkdir(join(sandbox.folder, 'disk'));
    const again = [
      'backup',
      'small',
      '--name',
      'sso',
      '--to',
      'disk',
      '--password-file',
      'pw',
      '-q',
    ];
    expect((await holdfast(sandbox, ...again)).exit).toBe(0);
    const before = await status(sandbox);
    await cutOff(sandbox, 'sso');
    const after = await status(sandbox);
    expect(codes(after)).toEqual(['one-host', 'interrupted-job']);
    expect(after.secrets[0]).toMatchObject({
      ...{ newest: before.secrets[0]?.newest, copiesCounted: 1, backups: { count: 1 } },
    });
    expect(codes(await status(sandbox))).toEqual(['one-host', 'interrupted-job']);
    expect((await holdfast(sandbox, ...again)).exit).toBe(0);
    expect(codes(await status(sandbox))).toEqual(['one-host']);
  },
);
