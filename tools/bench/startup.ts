import { spawnSync } from 'node:child_process';
import { randomBytes, scrypt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { interleaved } from './interleaved.ts';
import type { Table } from './table.ts';

const HOLDFAST = join(import.meta.dirname, '../../apps/cli/dist/holdfast.js');
const PASSWORD = 'correct horse battery staple, and its stable';

/** What it costs to start the built program, and where the time of a small backup goes. */
export async function benchStartup(): Promise<Table[]> {
  if (!existsSync(HOLDFAST)) throw new Error(`build first: ${HOLDFAST} is missing`);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-startup-'));
  try {
    return [await startTable(folder), await backupTable(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startTable(folder: string): Promise<Table> {
  const node =
    (...args: string[]) =>
    () =>
      run(folder, process.execPath, args);
  const seconds = await interleaved(31, {
    'node -e 0': node('-e', '0'),
    'holdfast --version': node(HOLDFAST, '--version'),
    'holdfast --help': node(HOLDFAST, '--help'),
    // The same text, but rendered by yargs: any other help takes this way.
    'holdfast backup --help': node(HOLDFAST, 'backup', '--help'),
    'age --version': () => run(folder, 'age', ['--version']),
  });
  return {
    title: 'Start-up',
    note: 'The built program, started 31 times in turn with the others; medians of the wall clock.',
    columns: ['program', 'ms', 'of `node -e 0`'],
    rows: Object.entries(seconds).map(([name, it]) => [
      `\`${name}\``,
      milliseconds(it),
      ratio(it, seconds['node -e 0']),
    ]),
  };
}

async function backupTable(folder: string): Promise<Table> {
  writeFileSync(join(folder, 'secret'), randomBytes(32));
  writeFileSync(join(folder, 'pw'), PASSWORD);
  const { stdout } = spawnSync('age-keygen', { encoding: 'utf8' });
  const recipient = /age1[a-z0-9]+/.exec(stdout)?.[0] ?? '';
  const common = ['--to', 'out.tar', '--force', '--quiet', '--hint', 'a comic'];
  const holdfast =
    (...args: string[]) =>
    () =>
      run(folder, process.execPath, [HOLDFAST, ...args]);
  const missing = [HOLDFAST, 'backup', './missing', ...common, '--recipient', recipient];
  const s = await interleaved(9, {
    ageP: () => agePassword(folder),
    node: () => run(folder, process.execPath, ['-e', '0']),
    refused: () => run(folder, process.execPath, missing, 'fails'),
    recipient: holdfast('backup', './secret', ...common, '--recipient', recipient),
    password: holdfast('backup', './secret', ...common, '--password-file', 'pw'),
    scrypt: oneScrypt,
  });
  const parts: [string, number][] = [
    ['whole backup with a password', s.password],
    ['… Node itself (`node -e 0`)', s.node],
    ['… loading the program, until it refuses a missing file', s.refused - s.node],
    [
      '… seal, sign, write, sync, read back (a backup for a recipient, less the above)',
      s.recipient - s.refused,
    ],
    ['… scrypt at 2^18, measured by itself', s.scrypt],
    [
      '… the rest: password strength, and what did not overlap',
      s.password - s.recipient - s.scrypt,
    ],
    ['`age -p` of the same, answered on a terminal at once', s.ageP],
  ];
  return {
    title: 'A password backup of 32 bytes, in its parts',
    note: 'Whole processes, 9 times in turn with `age -p`; medians. The parts are differences of such medians.',
    columns: ['part', 'ms', 'of `age -p`'],
    rows: parts.map(([name, it]) => [name, milliseconds(it), ratio(it, s.ageP)]),
  };
}

function run(
  cwd: string,
  command: string,
  args: readonly string[],
  outcome: 'works' | 'fails' = 'works',
): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, HOME: cwd, NODE_OPTIONS: '' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seconds = (performance.now() - started) / 1000;
  if ((status === 0) !== (outcome === 'works')) {
    throw new Error(`${command} ${args.join(' ')} ended with ${status ?? 'a signal'}: ${stderr}`);
  }
  return seconds;
}

function agePassword(folder: string): number {
  const driver = join(import.meta.dirname, 'age-p.py');
  const args = [driver, PASSWORD, join(folder, 'secret'), join(folder, 'secret.age')];
  const { status, stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`age -p could not be driven: ${stderr}`);
  return Number(stdout);
}

async function oneScrypt(): Promise<number> {
  const cost = { N: 2 ** 18, r: 8, p: 1, maxmem: 2 ** 29 };
  const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt);
  const started = performance.now();
  await derive(PASSWORD, randomBytes(16), 32, cost);
  return (performance.now() - started) / 1000;
}

function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(0);
}

function ratio(seconds: number, of: number): string {
  return (seconds / of).toFixed(2);
}
