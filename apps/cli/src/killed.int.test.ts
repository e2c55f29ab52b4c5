import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusReport } from '@holdfast/core';
import { expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './testing/sandbox.ts';

const FILES: readonly (readonly [string, string])[] = [
  ['pw', 'correct horse battery staple\n'],
  ['new.pw', 'another horse battery staple\n'],
  ['small', 'the value'],
];

/** From before anything is recorded to after everything is done. */
const MOMENTS = [250, 550, 850, 1250];

interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
}

/** `kill`: milliseconds until the program is killed; it may be done by then. */
async function type({ folder, env }: Sandbox, line: string, kill?: number): Promise<Ended> {
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const child = spawn('holdfast', line.split(' '), { cwd: folder, env, stdio: [...stdio] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  if (kill !== undefined) {
    await Promise.race([sleep(kill), ended]);
    child.kill('SIGKILL');
  }
  return { exit: await ended, stdout };
}

test.each([
  'backup small --name sso --to disk/ --password-file pw',
  'envelopes change-password out.tar --password-file pw --new-password-file new.pw',
  'restore out.tar --to back --password-file pw',
  'verify out.tar --password-file pw',
  'drill out.tar --password-file pw --against small',
  'secret generate kept --no-backup',
  'catalog rebuild out.tar --anyway',
])(
  'whenever "%s" is killed, the audit chain is whole and status tells the truth',
  { timeout: 180_000 },
  async (line) => {
    await using sandbox = await openSandbox(FILES);
    await mkdir(join(sandbox.folder, 'disk'));
    await type(sandbox, 'backup small --name sso --to out.tar --password-file pw');
    for (const moment of MOMENTS) {
      await type(sandbox, line, moment);
      const { exit, stdout } = await type(sandbox, 'status --json');
      expect([0, 1, 2]).toContain(exit);
      const { secrets, findings } = JSON.parse(stdout) as StatusReport;
      expect(findings.map(({ code }) => code)).not.toContain('catalog-damaged');
      const there = await readdir(join(sandbox.folder, 'disk'));
      const whole = there.filter((name) => name.endsWith('.tar') && !name.startsWith('.'));
      const known = secrets.find(({ name }) => name === 'sso')?.copies ?? [];
      for (const name of whole) expect(known.map(({ file }) => file)).toContain(name);
      expect(known.map(({ file }) => file)).toContain('out.tar');
      expect((await type(sandbox, 'audit verify')).exit).toBe(0);
    }
    const opened = [
      await type(sandbox, 'verify out.tar --password-file pw'),
      await type(sandbox, 'verify out.tar --password-file new.pw'),
    ];
    expect(opened.map(({ exit }) => exit)).toContain(0);
  },
);
