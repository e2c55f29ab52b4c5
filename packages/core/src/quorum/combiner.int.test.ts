import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { generateIdentity, type X25519Identity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { bookOf, people } from '../testing/quorum-scene.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { altered, NAMES, splitBackup } from '../testing/split-backup.ts';
import { COMBINER } from './combiner.ts';

const run = promisify(execFile);

const PASSWORDS = {
  alice: 'stapler wombat orchid 1887 gravel',
  bob: 'lantern quarry bishop 4021 meadow',
};

/** Everything that README.txt says is needed, and nothing else: no Holdfast, no home, no environment. */
const NEEDED = ['age', 'tar', 'sh', 'sha256sum', 'find', 'split', 'rm', 'mkdir'];

interface Elsewhere {
  readonly folder: string;
  /** Commands of README.txt, in their order. */
  readonly commands: readonly string[];
  /** Runs a command; passwords are typed on a terminal of its own where one is asked for. */
  shell(command: string, password?: string): Promise<{ status: number | null; output: string }>;
}

async function which(program: string): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, program);
    if (
      await stat(path).then(
        (it) => it.isFile(),
        () => false,
      )
    )
      return path;
  }
  throw new Error(`${program} is not installed`);
}

/** The real interpreter: what is in the search path may be a script that asks for one. */
async function realPython(): Promise<string> {
  return (await run('python3', ['-c', 'import sys; print(sys.executable)'])).stdout.trim();
}

/** Unpacks a backup with tar where there is nothing but stock tools. */
async function elsewhere(scene: Scene, from: string): Promise<Elsewhere> {
  const bin = scene.path('bin');
  const folder = scene.path('unpacked');
  await mkdir(bin);
  await mkdir(folder);
  for (const name of NEEDED) await symlink(await which(name), join(bin, name));
  await symlink(await realPython(), join(bin, 'python3'));
  await run('tar', ['-xf', from, '-C', folder]);
  const readme = await readFile(join(folder, 'README.txt'), 'utf8');
  const commands = readme
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim());
  return {
    folder,
    commands,
    async shell(command, password) {
      const clean = ['-i', `PATH=${bin}`, `HOME=${scene.path('nowhere')}`, 'sh', '-c'];
      const careful = `umask 077; ${command}`;
      if (password === undefined) return await outcome('env', [...clean, careful], folder, {});
      const script = `
        set timeout 60
        spawn env ${clean.join(' ')} $env(COMMAND)
        expect "passphrase" { send "$env(PASSWORD)\\r" }
        expect eof
        lassign [wait] pid spawnid oserror status
        exit $status
      `;
      const env = { COMMAND: careful, PASSWORD: password };
      return await outcome('expect', ['-c', script], folder, env);
    },
  };
}

async function outcome(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, output };
}

const command = ({ commands }: Elsewhere, part: string): string => {
  const found = commands.filter((each) => each.includes(part));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
};

async function identityFile(path: string, identity: X25519Identity): Promise<void> {
  using line = identity.toSecret();
  await writeFile(path, line.bytes);
}

test('README.txt, followed word for word with stock tools alone, restores the secret', async () => {
  await using scene = await openScene();
  const carol = generateIdentity();
  const book = {
    alice: 'password',
    bob: `recipient(${String(carol.recipient())}) + password`,
    carol: `recipient(${String(generateIdentity().recipient())})`,
  };
  const making = scene.run(people({ passwords: PASSWORDS }), { custodians: bookOf(book) });
  const envelopes = ['quorum(2, alice, bob, carol)'];
  const from = await scene.backup('the master secret', { envelopes }, making);
  const there = await elsewhere(scene, from);
  await identityFile(join(there.folder, 'bob-identity.txt'), carol);

  expect(await there.shell(command(there, 'alice.age'), PASSWORDS.alice)).toMatchObject({
    status: 0,
  });
  // One share is not enough, and writes nothing.
  const alone = await there.shell(command(there, 'combine.py 1-'));
  expect(alone).toMatchObject({ status: 1 });
  expect(alone.output).toContain('1 of 2 shares');
  expect(await readFile(join(there.folder, 'identity.txt'), 'utf8')).toBe('');

  expect(await there.shell(command(there, 'bob.age'), PASSWORDS.bob)).toMatchObject({ status: 0 });
  expect(await there.shell(command(there, 'combine.py 1-'))).toMatchObject({ status: 0 });
  expect((await stat(join(there.folder, 'identity.txt'))).mode & 0o777).toBe(0o600);
  expect(await there.shell(command(there, '-i identity.txt secret.age'))).toMatchObject({
    status: 0,
  });
  const restored = join(there.folder, 'secret.json');
  expect(await readFile(restored, 'utf8')).toBe('the master secret');
  expect((await stat(restored)).mode & 0o777).toBe(0o600);
  expect(await there.shell(command(there, 'rm '))).toMatchObject({ status: 0 });
  await expect(stat(join(there.folder, '1-alice.share'))).rejects.toMatchObject({ code: 'ENOENT' });

  const sums = await there.shell(command(there, 'find README.txt'));
  const manifest = JSON.parse(await readFile(join(there.folder, 'backup.json'), 'utf8')) as {
    combiner: { sha256: string };
    envelopes: { files: { sha256: string }[] }[];
  };
  const listed = manifest.envelopes.flatMap(({ files }) => files.map(({ sha256 }) => sha256));
  for (const sha256 of [manifest.combiner.sha256, ...listed]) expect(sums.output).toContain(sha256);
}, 120_000);

/** A backup unpacked, and the shares of everybody opened already. */
async function opened(
  scene: Scene,
  threshold = 2,
): Promise<Elsewhere & { text(name: string): Promise<Uint8Array> }> {
  const split = await splitBackup(scene, { threshold });
  const there = await elsewhere(scene, split.from);
  for (const name of NAMES) {
    await writeFile(join(there.folder, `1-${name}.share`), await split.text(name));
  }
  return { ...there, text: split.text };
}

const combining = async (
  there: Elsewhere,
  ...names: string[]
): Promise<{ status: number | null; output: string; restored: string | null }> => {
  const files = names.map((name) => `1-${name}.share`).join(' ');
  const { status, output } = await there.shell(`python3 combine.py ${files} > identity.txt`);
  if (status !== 0) return { status, output, restored: null };
  const { status: end } = await there.shell('age -d -i identity.txt secret.age > restored');
  expect(end).toBe(0);
  return { status, output, restored: await readFile(join(there.folder, 'restored'), 'utf8') };
};

test('the combiner puts any quorum together, in any order, and needs no more than k', async () => {
  await using scene = await openScene();
  const there = await opened(scene);
  for (const names of [['alice', 'bob'], ['carol', 'alice'], ['bob', 'carol'], NAMES]) {
    const { restored } = await combining(there, ...names);
    expect(restored).toBe('the master secret');
  }
}, 60_000);

test('the combiner puts a quorum of all together', async () => {
  await using scene = await openScene();
  const there = await opened(scene, 3);
  expect(await combining(there, 'carol', 'bob', 'alice')).toMatchObject({ status: 0 });
  expect(await combining(there, 'carol', 'bob')).toMatchObject({ status: 1 });
}, 60_000);

test('what the combiner writes is the envelope, with the lines that bind it', async () => {
  await using scene = await openScene();
  const there = await opened(scene);
  await combining(there, 'alice', 'bob');
  const text = await readFile(join(there.folder, 'identity.txt'), 'utf8');
  expect(text).toMatch(
    /^# holdfast-backup: .*\n# envelope: 1\n# payload-digest: .*\n# plaintext-digest: .*\nAGE-SECRET-KEY-1\S+\n$/,
  );
}, 60_000);

test.each<[string, (text: Uint8Array) => Uint8Array | string, string]>([
  [
    'with a bit flipped',
    (text) =>
      altered(text, {}, (b) => {
        b[0] = (b[0] ?? 0) ^ 1;
      }),
    'not the share',
  ],
  [
    'of another backup',
    (text) => altered(text, { backup: '3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55' }),
    'another backup',
  ],
  ['of another set', (text) => altered(text, { set: 'ab'.repeat(16) }), 'another generation'],
  ['that is empty', () => '', 'no share'],
  ['that is something else', () => 'x\n'.repeat(9), 'no share'],
  ['that is not text', () => Buffer.alloc(900, 0xff), '1-bob.share'],
])(
  'a share %s is named, and the others are put together',
  async (_what, spoil, why) => {
    await using scene = await openScene();
    const there = await opened(scene);
    await writeFile(join(there.folder, '1-bob.share'), spoil(await there.text('bob')));
    const two = await combining(there, 'alice', 'bob');
    expect(two).toMatchObject({ status: 1 });
    expect(two.output).toContain('1-bob.share');
    expect(two.output).toContain(why);
    expect(two.output).not.toContain('Traceback');
    expect(await combining(there, 'alice', 'bob', 'carol')).toMatchObject({
      restored: 'the master secret',
    });
  },
  60_000,
);

test('a share that is given twice counts once, and one that is not there is named', async () => {
  await using scene = await openScene();
  const there = await opened(scene);
  const twice = await combining(there, 'alice', 'alice');
  expect(twice).toMatchObject({ status: 1 });
  expect(twice.output).toContain('alice is here already');
  const absent = await combining(there, 'alice', 'dave');
  expect(absent).toMatchObject({ status: 1 });
  expect(absent.output).toContain('1-dave.share');
}, 60_000);

test('the combiner is short enough to be read, and asks for no library', () => {
  const lines = COMBINER.split('\n');
  expect(lines.length).toBeLessThan(100);
  expect(COMBINER).toMatch(/^[\n -~]*$/);
  expect(lines.filter((line) => /^\s*(?:import|from) /.test(line))).toEqual([
    'import hashlib, json, os, re, sys',
  ]);
});

test('the combiner is quick for as many custodians as there can be', async () => {
  await using scene = await openScene();
  const custodians = Array.from({ length: 255 }, (_, at) => `c${String(at)}`);
  const identities = custodians.map(() => generateIdentity());
  const book = Object.fromEntries(
    custodians.map((name, at) => [name, `recipient(${String(identities[at]?.recipient())})`]),
  );
  const making = scene.run(people(), { custodians: bookOf(book) });
  const envelopes = [`quorum(255, ${custodians.join(', ')})`];
  const from = await scene.backup('the master secret', { envelopes }, making);
  const there = await elsewhere(scene, from);
  await Promise.all(
    custodians.map(async (name, at) => {
      const identity = identities[at];
      if (identity) await identityFile(join(there.folder, `${name}-identity.txt`), identity);
    }),
  );
  const way = command(there, 'NAME-identity.txt')
    .replaceAll('envelopes/N/', 'envelopes/1/')
    .replaceAll('N-NAME', '1-$n')
    .replaceAll('NAME', '$n');
  expect(
    await there.shell(`for n in ${custodians.join(' ')}; do ${way} || exit; done`),
  ).toMatchObject({ status: 0 });
  expect(await there.shell(command(there, 'combine.py 1-'))).toMatchObject({ status: 0 });
  expect(await there.shell(command(there, '-i identity.txt secret.age'))).toMatchObject({
    status: 0,
  });
  expect(await readFile(join(there.folder, 'secret.json'), 'utf8')).toBe('the master secret');
}, 180_000);
