import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { openSoftHsm } from '@holdfast/token/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../apps/cli');
const { version } = JSON.parse(readFileSync(join(CLI, 'package.json'), 'utf8')) as {
  version: string;
};

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
const installed = join(scratch, 'installed');
const home = join(scratch, 'home');
const packageFolder = join(installed, 'node_modules/@holdfast/cli');

/** A clean environment: this Node, an empty home, nothing of npm's, Nx's or vitest's. */
const env = {
  PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
  HOME: home,
  npm_config_update_notifier: 'false',
};

function npm(cwd: string, ...args: string[]): string {
  // The one that runs this test, when npm does; a directory of Node's own has none otherwise.
  const cli = process.env['npm_execpath'];
  const [command, ...first] = cli === undefined ? ['npm'] : [process.execPath, cli];
  const PATH = [env.PATH, process.env['PATH']].join(delimiter);
  return execFileSync(command, [...first, ...args], {
    cwd,
    env: { ...env, PATH },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function holdfast(...args: string[]): SpawnSyncReturns<string> {
  return start({}, 'holdfast', ...args);
}

function start(
  more: Readonly<Record<string, string>>,
  program: string,
  ...args: string[]
): SpawnSyncReturns<string> {
  return spawnSync(join(installed, 'node_modules/.bin', program), args, {
    cwd: scratch,
    env: { ...env, ...more },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

beforeAll(() => {
  for (const folder of [installed, home]) mkdirSync(folder);
  const [packed] = JSON.parse(
    npm(CLI, 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch),
  ) as { filename: string }[];
  if (packed === undefined) throw new Error('npm pack packed nothing');
  npm(installed, 'init', '--yes');
  npm(installed, 'install', '--offline', '--no-audit', '--no-fund', join(scratch, packed.filename));
}, 120_000);

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

test('the package needs no other package: the driver of tokens is left out where it cannot be built', () => {
  const modules = readdirSync(join(installed, 'node_modules')).filter((it) => !it.startsWith('.'));
  expect(modules).toEqual(['@holdfast']);
  expect(readdirSync(join(installed, 'node_modules/@holdfast'))).toEqual(['cli']);
});

test('the package says what it is and whose code it contains', () => {
  expect(readFileSync(join(packageFolder, 'LICENSE'), 'utf8')).toContain('Apache License');
  expect(existsSync(join(packageFolder, 'README.md'))).toBe(true);
  expect(readFileSync(join(packageFolder, 'dist/THIRD-PARTY.txt'), 'utf8')).toMatch(/^yargs \d/m);
});

test('the installed program prints its version', () => {
  expect(holdfast('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('the help that the build put into the entry is what the program itself prints', () => {
  const built = holdfast('--help');
  expect(built).toMatchObject({ status: 0, stderr: '' });
  expect(built.stdout).toContain('holdfast backup');
  expect(holdfast('--help', '--no-color').stdout).toBe(built.stdout);
});

test('a Node that is too old is told so, before anything that it could not parse is loaded', () => {
  const pretend = `data:text/javascript,Object.defineProperty(process, 'versions', {
    value: { ...process.versions, node: '22.22.0' } })`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', pretend, join(packageFolder, 'dist/holdfast.js'), 'inspect', 'nothing.tar'],
    { env, encoding: 'utf8' },
  );
  expect({ status, stdout }).toEqual({ status: 69, stdout: '' });
  expect(stderr).toMatch(/^error: Holdfast needs Node 24 or later; .*\nhint: /);
});

// The second is large enough to be sealed by several threads, the worker's file among them.
test.each([
  ['32 bytes', 32],
  ['96 MiB', 96 * 1024 * 1024],
])(
  'the installed program backs up and restores %s',
  (_, size) => {
    const secret = randomBytes(size);
    const name = `secret-${size}`;
    writeFileSync(join(scratch, name), secret);
    writeFileSync(join(scratch, 'pw'), 'correct horse battery staple, and its stable\n');
    const password = ['--password-file', 'pw'];

    const backup = holdfast(
      'backup',
      name,
      '--to',
      `${name}.tar`,
      ...password,
      '--hint',
      'a comic',
    );
    expect(backup).toMatchObject({ status: 0 });
    const restore = holdfast('restore', `${name}.tar`, '--to', `${name}.back`, ...password);
    expect(restore).toMatchObject({ status: 0 });

    expect(secret.equals(readFileSync(join(scratch, `${name}.back`)))).toBe(true);
  },
  60_000,
);

test('without its driver, the program says what a token takes, and does everything else', () => {
  const { status, stderr } = holdfast('token', 'show', 'pkcs11:token=lab', '--json');
  expect(status).toBe(11);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'TOKEN_SUPPORT_MISSING' } });
  expect(start({}, 'age-plugin-tag').stderr).toContain('age-plugin-holdfast');
});

test('with its driver, the installed program backs up to a token and restores', async () => {
  symlinkSync(
    join(CLI, '../../node_modules/pkcs11js'),
    join(installed, 'node_modules/pkcs11js'),
    'dir',
  );
  await using hsm = await openSoftHsm();
  await hsm.addToken('packed', '271828');
  const secret = randomBytes(32);
  writeFileSync(join(scratch, 'kept'), secret);
  writeFileSync(join(scratch, 'pin'), '271828', { mode: 0o600 });
  const common = ['--module', hsm.module, '--pin-file', 'pin'];
  const run = (...args: string[]): SpawnSyncReturns<string> =>
    start(hsm.environment, 'holdfast', ...args, ...common);

  const key = 'pkcs11:token=packed;object=kek';
  const made = run('token', 'generate-key', key, '--type', 'p256');
  expect(made).toMatchObject({ status: 0 });
  const envelope = ['-e', `token(${key})`, '--allow-single-point-of-failure'];
  expect(run('backup', './kept', '--to', 'kept.tar', ...envelope)).toMatchObject({ status: 0 });
  expect(run('restore', 'kept.tar', '--to', 'kept.back')).toMatchObject({ status: 0 });
  expect(secret.equals(readFileSync(join(scratch, 'kept.back')))).toBe(true);
}, 120_000);
