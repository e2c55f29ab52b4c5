import { execFileSync } from 'node:child_process';
import { link, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { generateIdentity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { backup } from './backup.ts';
import { inspect } from './inspect.ts';
import { restore } from './restore.ts';
import { sourceFromCommand, sourceFromFile, sourceFromFiles } from './sources/index.ts';
import { toFile, toFolder } from './targets/index.ts';
import { openScene, PASSWORD, recorder, withIdentities, withPassword } from './testing/scene.ts';
import { verify } from './verify.ts';

test('a file that was backed up comes back as it was', async () => {
  await using scene = await openScene();
  const from = await scene.backup('the master secret');
  const report = await restore({ from, to: toFile(scene.path('back')) }, scene.run());
  expect(await readFile(scene.path('back'), 'utf8')).toBe('the master secret');
  expect(report).toMatchObject({ size: 17, kept: null, envelope: 1, secret: 'secret.json' });
  expect((await stat(scene.path('back'))).mode & 0o777).toBe(0o600);
});

test('a backup says truly what was made, and only its owner may read it', async () => {
  await using scene = await openScene();
  const source = sourceFromFile(await scene.file('secret.json', 'abc'));
  const to = scene.path('out.tar');
  const report = await backup(
    { source, to, envelopes: ['password'], hint: 'the usual', workFactor: 2 },
    scene.run(),
  );
  const { size, mode } = await stat(to);
  expect(mode & 0o777).toBe(0o600);
  expect(report).toMatchObject({ path: to, secret: 'secret.json', payloadSize: 3, size });
  expect(report.envelopes).toEqual([{ index: 1, factors: ['password'], expression: 'password' }]);
  expect(report.signer.words).toHaveLength(24);
  expect(await inspect(to, scene.run().instance)).toMatchObject({
    id: report.id,
    generation: 1,
    hint: 'the usual',
    kind: 'file',
    signature: { status: 'trusted', signer: report.signer },
  });
});

test('stock tar and age restore a backup for a recipient', async () => {
  await using scene = await openScene();
  const identity = generateIdentity();
  await scene.backup('the master secret', {
    envelopes: [`recipient(${String(identity.recipient())})`],
  });
  await writeFile(scene.path('id.txt'), identity.toSecret().bytes);
  const restored = execFileSync(
    'sh',
    ['-c', 'tar xf out.tar && age -d -i id.txt envelopes/1.age | age -d -i - secret.age'],
    { cwd: scene.folder, encoding: 'utf8' },
  );
  expect(restored).toBe('the master secret');
});

test('any one of several envelopes opens a backup', async () => {
  await using scene = await openScene();
  const [alice, bob] = [generateIdentity(), generateIdentity()];
  const from = await scene.backup('s', {
    envelopes: ['password', ...[alice, bob].map((id) => `recipient(${String(id.recipient())})`)],
  });
  const opened = async (factors: Parameters<typeof scene.run>[0]): Promise<number> => {
    const to = toFile(scene.path('back'));
    return (await restore({ from, to }, scene.run(factors))).envelope;
  };
  expect(await opened(withPassword(PASSWORD))).toBe(1);
  expect(await opened(withIdentities(alice))).toBe(2);
  expect(await opened(withIdentities(bob))).toBe(3);
});

test('an envelope with two factors opens with both and with neither alone', async () => {
  await using scene = await openScene();
  const alice = generateIdentity();
  const from = await scene.backup('s', {
    envelopes: [`password + recipient(${String(alice.recipient())})`],
  });
  const both = { ...withPassword(PASSWORD), identities: async () => [alice] };
  const checked = verify({ from, withFactors: true }, scene.run(both));
  await expect(checked).resolves.toMatchObject({ opened: [1], notOpened: [] });
  const password = verify({ from, withFactors: true }, scene.run(withPassword(PASSWORD)));
  await expect(password).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
  const wrong = { ...withPassword('not it'), identities: async () => [alice] };
  const almost = verify({ from, withFactors: true }, scene.run(wrong));
  await expect(almost).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  const identity = verify({ from, withFactors: true }, scene.run(withIdentities(alice)));
  await expect(identity).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
});

test('several files and folders come back with their modes, times and links', async () => {
  await using scene = await openScene();
  await mkdir(scene.path('conf/deep'), { recursive: true });
  execFileSync(
    'sh',
    [
      '-c',
      'echo a > conf/a; echo b > conf/deep/b; ln -s a conf/link; chmod 640 conf/a; touch -d 2001-02-03 conf/a',
    ],
    { cwd: scene.folder },
  );
  const to = scene.path('out.tar');
  const source = sourceFromFiles([scene.path('conf')]);
  await backup({ source, to, envelopes: ['password'], workFactor: 2 }, scene.run());
  const restored = scene.path('back');
  await restore({ from: to, to: toFolder(restored) }, scene.run());
  const listing = execFileSync('find', ['.', '-printf', '%P %y %m %l %T@\n'], {
    cwd: restored,
    encoding: 'utf8',
  });
  expect(listing).toContain('a f 640  981158400');
  expect(listing).toContain('link l 777 a');
  expect(await readFile(`${restored}/deep/b`, 'utf8')).toBe('b\n');
});

test('README.txt inside restores a backup with two factors by its own commands', async () => {
  await using scene = await openScene();
  const alice = generateIdentity();
  await scene.backup('s', {
    envelopes: [`password + recipient(${String(alice.recipient())})`],
  });
  execFileSync('sh', ['-c', 'rm secret.json && tar xf out.tar'], { cwd: scene.folder });
  const readme = await readFile(scene.path('README.txt'), 'utf8');
  expect(readme).toContain('AND the password');
  await writeFile(scene.path('your-identity.txt'), alice.toSecret().bytes);
  const command = /^ {4}(age -d .*)$/m.exec(readme)?.[1] ?? '';
  const typing = `spawn sh -c {${command}}; expect "passphrase"; send "${PASSWORD}\r"; expect eof`;
  execFileSync('expect', ['-c', typing], { cwd: scene.folder });
  expect(await readFile(scene.path('secret.json'), 'utf8')).toBe('s');
});

test('a backup of several files does not go into one file', async () => {
  await using scene = await openScene();
  const to = scene.path('out.tar');
  const source = sourceFromFiles([await scene.file('a', '1'), await scene.file('b', '2')]);
  await backup({ source, to, envelopes: ['password'], workFactor: 2 }, scene.run());
  const restoring = restore({ from: to, to: toFile(scene.path('x')) }, scene.run());
  await expect(restoring).rejects.toMatchObject({ code: 'DESTINATION_INVALID' });
});

test('a discreet backup leaves out name, host, hint, version and recipients', async () => {
  await using scene = await openScene();
  const identity = generateIdentity();
  const recipient = String(identity.recipient());
  const from = await scene.backup('s', {
    discreet: true,
    hint: 'nobody sees this',
    envelopes: ['password', `recipient(${recipient})`],
  });
  const text = (await readFile(from)).toString('latin1');
  expect(text).not.toContain(recipient);
  expect(text).not.toContain('nobody sees this');
  const seen = await inspect(from, scene.run().instance);
  expect(seen).toMatchObject({ secret: null, host: null, hint: null, holdfast: null });
  expect(seen.envelopes[1]).toEqual({ index: 2, factors: ['recipient'], expression: 'recipient' });
});

test('an existing file is replaced only when asked, and never in part', async () => {
  await using scene = await openScene();
  const to = await scene.file('out.tar', 'precious');
  await expect(scene.backup('s')).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  expect(await readFile(to, 'utf8')).toBe('precious');
  await scene.backup('s', { overwrite: true });
  await expect(verify({ from: to, withFactors: false }, scene.run())).resolves.toMatchObject({
    checked: 'structure',
  });
});

test('a secret is never replaced by its own backup, nor a backup by its secret', async () => {
  await using scene = await openScene();
  const path = await scene.file('secret.json', 's');
  await link(path, scene.path('other-name'));
  const source = sourceFromFile(path);
  const request = { source, envelopes: ['password'], overwrite: true, workFactor: 2 };
  for (const to of [path, scene.path('other-name')]) {
    const making = backup({ ...request, to }, scene.run());
    await expect(making).rejects.toMatchObject({ code: 'DESTINATION_INVALID' });
  }
  expect(await readFile(path, 'utf8')).toBe('s');
  const from = await scene.backup('s');
  const restoring = restore({ from, to: toFile(from) }, scene.run());
  await expect(restoring).rejects.toMatchObject({ code: 'DESTINATION_INVALID' });
});

test.each([
  ['a weak password', {}, 'password1', 'PASSWORD_WEAK'],
  [
    'an empty password, even when weak ones are allowed',
    { allowWeakPassword: true },
    '',
    'PASSWORD_EMPTY',
  ],
  [
    'a hint that holds the password',
    { hint: `it is ${PASSWORD}` },
    PASSWORD,
    'HINT_REVEALS_PASSWORD',
  ],
])('%s is refused before anything is written', async (_what, more, password, code) => {
  await using scene = await openScene();
  const making = scene.backup('s', more, scene.run(withPassword(password)));
  await expect(making).rejects.toMatchObject({ code });
  expect(await readdir(scene.folder)).not.toContain('out.tar');
});

test.each([
  ['a name of two lines', { name: 'a\nb' }, 'SECRET_NAME_INVALID'],
  ['a name that steers a terminal', { name: 'a\u001b[2J' }, 'SECRET_NAME_INVALID'],
  ['a hint of two lines', { hint: 'a\nb' }, 'HINT_INVALID'],
  ['a hint without end', { hint: 'a'.repeat(513) }, 'HINT_INVALID'],
])('%s is refused before anything is asked', async (_what, more, code) => {
  await using scene = await openScene();
  const asked = withPassword(PASSWORD);
  const factors = { ...asked, newPassword: async () => await Promise.reject(new Error('asked')) };
  await expect(scene.backup('s', more, scene.run(factors))).rejects.toMatchObject({ code });
});

test('an empty hint is none', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s', { hint: '' });
  expect((await inspect(from, scene.run().instance)).hint).toBeNull();
});

test('a command that fails fails the backup and leaves nothing', async () => {
  await using scene = await openScene();
  const source = sourceFromCommand('echo half; exit 3');
  const making = scene.backup('', { source });
  await expect(making).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  expect((await readdir(scene.folder)).filter((name) => name.includes('out.tar'))).toEqual([]);
});

test('a cancelled backup leaves nothing behind', async () => {
  await using scene = await openScene();
  const abort = new AbortController();
  const making = scene.backup(
    new Uint8Array(8 << 20),
    {},
    scene.run(withPassword(PASSWORD), {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    }),
  );
  await expect(making).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await readdir(scene.folder)).filter((name) => name.includes('out.tar'))).toEqual([]);
});

test('progress tells of sealing and of reading back, up to the end', async () => {
  await using scene = await openScene();
  const { seen, onProgress } = recorder();
  await scene.backup(new Uint8Array(3 << 20), {}, scene.run(undefined, { onProgress }));
  expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['sealing', 'reading back']));
  expect(seen.findLast(({ phase }) => phase === 'sealing')?.done).toBe(3 << 20);
});
