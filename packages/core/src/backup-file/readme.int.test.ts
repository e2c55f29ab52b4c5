import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ScryptRecipient, Secret, encrypt, generateIdentity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { instanceAt } from '../instance/instance.ts';
import { MANIFEST_PATH, README_PATH, SIGNATURE_PATH, envelopePath } from './layout.ts';
import { encodeManifest, type Manifest } from './manifest.ts';
import { renderReadme } from './readme.ts';
import { sampleManifest } from './testing/sample-backup.ts';

const run = promisify(execFile);
const PASSWORD = 'correct horse battery staple';

interface Unpacked {
  readonly folder: string;
  /** The lines of README.txt that are to be typed. */
  readonly commands: readonly string[];
}

/** The parts of a real backup, unpacked: envelope 1 for the password, 2 for your-identity.txt, 3 for both. */
async function unpack(secret: Uint8Array, about: Partial<Manifest>): Promise<Unpacked> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-readme-'));
  const at = (name: string): string => join(folder, name);
  const identity = generateIdentity();
  const custodian = generateIdentity();
  using line = identity.toSecret();
  using custodianLine = custodian.toSecret();
  using password = Secret.fromText(PASSWORD);
  const payload = await encrypt(secret, [identity.recipient()]);
  const envelopes = {
    1: await encrypt(line.bytes, [new ScryptRecipient(password, { workFactor: 4 })]),
    2: await encrypt(line.bytes, [custodian.recipient()]),
    3: new Uint8Array(),
  };
  envelopes[3] = await encrypt(envelopes[1], [custodian.recipient()]);
  const recipient = custodian.recipient().toString();
  const plain = sampleManifest({ payload, envelopes, manifest: about });
  const [first, second, third] = plain.envelopes;
  const factors = [{ kind: 'recipient' as const, recipient }];
  if (!first || !second || !third) throw new Error('three envelopes were made');
  const both = [...factors, { kind: 'password' as const }];
  const changed = [first, { ...second, factors }, { ...third, factors: both }];
  const manifest = { ...plain, envelopes: changed };
  const readme = renderReadme({ ...manifest, signed: true });
  const complete = {
    ...manifest,
    readme: { sha256: createHash('sha256').update(readme).digest('hex') },
  };

  const { sign } = await instanceAt({ folder: at('state') }).signer();
  await mkdir(at('envelopes'));
  await writeFile(at(README_PATH), readme);
  await writeFile(at('secret.age'), payload);
  await writeFile(at(envelopePath(1)), envelopes[1]);
  await writeFile(at(envelopePath(2)), envelopes[2]);
  await writeFile(at(MANIFEST_PATH), encodeManifest(complete));
  await writeFile(at(SIGNATURE_PATH), sign(encodeManifest(complete)));
  await writeFile(at(envelopePath(3)), envelopes[3]);
  await writeFile(at('your-identity.txt'), custodianLine.bytes);
  await copyFile(at('state/instance-key.pub'), at('instance-key.pub'));
  const lines = Buffer.from(readme).toString().split('\n');
  return {
    folder,
    commands: lines.filter((each) => each.startsWith('    ')).map((each) => each.trim()),
  };
}

const commandWith = ({ commands }: Unpacked, text: string): string => {
  const found = commands.filter((command) => command.includes(text));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
};

async function shell({ folder }: Unpacked, command: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', command], { cwd: folder });
  return stdout;
}

/** Types the password where age asks for it: on a terminal of its own. */
async function shellWithPassword({ folder }: Unpacked, command: string): Promise<void> {
  const script = `
    log_user 0
    set timeout 20
    spawn sh -c $env(COMMAND)
    expect "passphrase" { send "$env(PASSWORD)\\r" }
    expect eof
    lassign [wait] pid spawnid oserror status
    exit $status
  `;
  const env = { ...process.env, COMMAND: command, PASSWORD };
  const child = spawn('expect', ['-c', script], { cwd: folder, env, stdio: 'ignore' });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  expect(status).toBe(0);
}

test('typed as they stand, the commands for the password and for an identity restore the secret', async () => {
  const secret = Buffer.from('{"db_key_base": "0123"}\n');
  const backup = await unpack(secret, { secret: 'gitlab-secrets.json' });
  const restored = join(backup.folder, 'gitlab-secrets.json');
  await shellWithPassword(backup, `umask 077; ${commandWith(backup, 'envelopes/1.age')}`);
  expect(await readFile(restored)).toEqual(secret);
  expect((await stat(restored)).mode & 0o777).toBe(0o600);
  await writeFile(restored, '');
  await shell(backup, commandWith(backup, 'envelopes/2.age'));
  expect(await readFile(restored)).toEqual(secret);
  await writeFile(restored, '');
  await shellWithPassword(backup, commandWith(backup, 'envelopes/3.age'));
  expect(await readFile(restored)).toEqual(secret);
});

test('several files come back into a folder of their own, with their modes', async () => {
  const source = await mkdtemp(join(tmpdir(), 'holdfast-several-'));
  await writeFile(join(source, 'a.key'), 'a');
  await writeFile(join(source, 'run.sh'), 'b');
  await chmod(join(source, 'run.sh'), 0o750);
  const { stdout } = await run('tar', ['cf', '-', '-C', source, '.'], { encoding: 'buffer' });
  const backup = await unpack(stdout, { kind: 'tar', secret: 'several' });
  await shell(
    backup,
    `${commandWith(backup, 'mkdir')} && ${commandWith(backup, 'envelopes/2.age')}`,
  );
  expect((await readdir(join(backup.folder, 'restored'))).toSorted()).toEqual(['a.key', 'run.sh']);
  expect((await stat(join(backup.folder, 'restored', 'run.sh'))).mode & 0o777).toBe(0o750);
});

test.each([
  "it's",
  "'; touch pwned; '",
  '$(touch pwned)',
  '`touch pwned`',
  'a b; touch pwned',
  'a" && touch pwned "',
  '"$HOME"',
  'x > pwned',
  '\\',
  '../pwned',
  '!!',
  '*',
])('the name %j makes one file at most and no command', async (name) => {
  const secret = Buffer.from('32 bytes of something precious..');
  const backup = await unpack(secret, { secret: name });
  const before = new Set(await readdir(backup.folder));
  await shell(backup, commandWith(backup, 'envelopes/2.age'));
  const fresh = (await readdir(backup.folder)).filter((each) => !before.has(each));
  expect(fresh).toEqual([/[/\\]/.test(name) ? 'restored-secret' : name]);
  expect(await readFile(join(backup.folder, fresh[0] ?? ''))).toEqual(secret);
});

test('the digests are those of the manifest, and both checks of the signature pass', async () => {
  const backup = await unpack(Buffer.from('x'), {});
  const manifest = JSON.parse(
    await readFile(join(backup.folder, MANIFEST_PATH), 'utf8'),
  ) as Manifest;
  const sums = await shell(backup, commandWith(backup, 'sha256sum README.txt'));
  expect(sums.match(/^[0-9a-f]{64}/gm)).toEqual([
    manifest.readme.sha256,
    ...manifest.envelopes.flatMap(({ files }) => files.map(({ sha256 }) => sha256)),
  ]);
  const segments = await shell(backup, commandWith(backup, 'split -b'));
  expect(segments.match(/^[0-9a-f]{64}/gm)).toEqual(manifest.payload.sha256);
  expect(await shell(backup, commandWith(backup, 'check-novalidate'))).toContain('Good');
  await shell(backup, commandWith(backup, 'echo'));
  const verified = await shell(backup, commandWith(backup, '-Y verify'));
  expect(verified).toContain('Good "holdfast-backup" signature for holdfast');
});
