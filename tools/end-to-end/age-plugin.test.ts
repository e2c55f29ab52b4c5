import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Secret } from '@holdfast/age';
import { openTokens } from '@holdfast/token';
import { openFaultyModule, openSoftHsm, type SoftHsm } from '@holdfast/token/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openHome, type Home } from './holdfast.ts';

// Stock age of Debian, our plugin, and a token in software.

const PIN = '739251';
const SECRET = 'the master secret\n';
const KINDS = ['p256', 'rsa', 'aes', 'hmac'] as const;
type Kind = (typeof KINDS)[number];

// age and Node start several times in each, beside other tests.
vi.setConfig({ testTimeout: 120_000 });

const exec = promisify(execFile);
const lines: Partial<Record<Kind, { identity: string; recipient: string }>> = {};
let hsm: SoftHsm;

beforeAll(async () => {
  hsm = await openSoftHsm();
  Object.assign(process.env, hsm.environment);
  const token = await hsm.addToken('backup', PIN);
  for (const [index, kind] of KINDS.entries()) {
    await hsm.addKey(token, { label: kind, id: `0${index + 1}`, kind });
  }
  await using home = await openHome();
  await using tokens = openTokens({
    modules: [{ path: hsm.module }],
    aliases: {},
    folder: home.path('tokens'),
    pins: {
      pin: async () => ({ pin: Secret.fromText(PIN), typed: true }),
      confirmLastTry: async () => false,
    },
  });
  for (const kind of KINDS) {
    const uri = `pkcs11:token=backup;object=${kind}`;
    const identity = await tokens.identityLine(uri);
    lines[kind] = { identity, recipient: (await tokens.find(uri)).recipient.toString() };
  }
});

afterAll(async () => {
  await hsm[Symbol.asyncDispose]();
});

/** A home with an identity for a key, the plaintext, and a module in the configuration. */
async function openTokenHome(kind: Kind, module = hsm.module): Promise<Home> {
  await using held = new AsyncDisposableStack();
  const home = held.use(await openHome(hsm.environment));
  await home.sh('mkdir -p .config/holdfast credentials && chmod 700 credentials');
  const configuration = `[[modules]]\npath = ${JSON.stringify(module)}\n`;
  await writeFile(home.path('.config/holdfast/config.toml'), configuration);
  await writeFile(home.path('identity.txt'), `# a token\n${lines[kind]!.identity}\n`);
  await writeFile(home.path('secret'), SECRET);
  held.move();
  return home;
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a shell script on no terminal at all. */
async function alone(home: Home, script: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const options = { cwd: home.folder, env: { ...home.env, ...env } };
  try {
    const { stdout, stderr } = await exec('setsid', ['-w', 'sh', '-euc', script], options);
    return { code: 0, output: stdout + stderr };
  } catch (cause) {
    const { code, stdout, stderr } = cause as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** Runs a shell script on a terminal of its own, and types each answer when its question stands there. */
async function typing(
  home: Home,
  script: string,
  ...dialog: readonly [question: string, answer: string][]
): Promise<Outcome> {
  const otherwise = 'timeout { exit 98 } eof { exit 97 }';
  const program = [
    'set timeout 60',
    `spawn -noecho sh -euc {${script}}`,
    // A moment later: age may have said it before it listens.
    ...dialog.flatMap(([question, answer]) => [
      `expect {${question}} {} ${otherwise}`,
      `sleep 0.5; send -- {${answer}}`,
    ]),
    'expect eof {} timeout { exit 98 }',
    'catch wait result; exit [lindex $result 3]',
  ].join('\n');
  await writeFile(home.path('dialog'), program);
  return await alone(home, 'expect -f dialog');
}

const withPin = (home: Home): NodeJS.ProcessEnv => ({
  CREDENTIALS_DIRECTORY: home.path('credentials'),
});

async function storePin(home: Home, pin: string): Promise<void> {
  await writeFile(home.path('credentials/holdfast.pin'), `${pin}\n`, { mode: 0o600 });
}

describe.each(KINDS)('a key of the kind %s', (kind) => {
  test('opens what age encrypts to its identity, with a PIN that is typed', async () => {
    await using home = await openTokenHome(kind);
    const isSecretKey = kind === 'aes' || kind === 'hmac';
    const question: [string, string] = ['PIN of token backup (serial', `${PIN}\n`];
    const encrypting = 'age -e -i identity.txt -o secret.age secret';
    expect(await typing(home, encrypting, ...(isSecretKey ? [question] : []))).toMatchObject({
      code: 0,
    });
    const opened = await typing(home, 'age -d -i identity.txt -o back secret.age', question);
    expect(opened).toMatchObject({ code: 0 });
    expect(await readFile(home.path('back'), 'utf8')).toBe(SECRET);
  });

  test('opens what age encrypts to its recipient, with a stored PIN', async () => {
    await using home = await openTokenHome(kind);
    await storePin(home, PIN);
    const { recipient } = lines[kind]!;
    const script = `age -r '${recipient}' -o secret.age secret; age -d -i identity.txt secret.age`;
    expect(await alone(home, script, withPin(home))).toEqual({ code: 0, output: SECRET });
  });
});

test('to encrypt to a key pair takes no token, and for RSA no plugin', async () => {
  await using empty = await openSoftHsm();
  await using home = await openTokenHome('rsa');
  for (const kind of ['p256', 'rsa'] as const) {
    const script = `age -r '${lines[kind]!.recipient}' -o ${kind}.age secret`;
    expect(await alone(home, script, empty.environment)).toEqual({ code: 0, output: '' });
    await home.sh('rm -f bin/age-plugin-*');
  }
});

const TYPAGE = `import { Encrypter } from 'age-encryption';
const encrypter = new Encrypter();
encrypter.addRecipient(process.argv[1]);
process.stdout.write(await encrypter.encrypt(process.argv[2]));`;

test('a file that typage encrypted to the recipient is opened', async () => {
  await using home = await openTokenHome('p256');
  await storePin(home, PIN);
  const args = ['--input-type=module', '-e', TYPAGE, lines.p256!.recipient, SECRET];
  const cwd = join(import.meta.dirname, '../../packages/age');
  const { stdout } = await exec(process.execPath, args, { cwd, encoding: 'buffer' });
  await writeFile(home.path('secret.age'), stdout);
  const opened = await alone(home, 'age -d -i identity.txt secret.age', withPin(home));
  expect(opened).toEqual({ code: 0, output: SECRET });
});

test('a wrong PIN is an error that age shows, and only one try is spent', async () => {
  await using module = await openFaultyModule(hsm.module);
  await using home = await openTokenHome('p256', module.path);
  await home.sh('age -e -i identity.txt -o secret.age secret');
  module.forgetCalls();
  const opening = 'age -d -i identity.txt secret.age';
  const wrong = await typing(home, opening, ['PIN of token backup', '111111\n']);
  expect(wrong.code).toBe(1);
  expect(wrong.output).toMatch(/age: error: .*PIN/);
  expect(module.logins()).toBe(1);
  // The next run knows of it, and the person is told.
  const again = await typing(home, opening, ['a wrong PIN was given before', `${PIN}\n`]);
  expect(again.code).toBe(0);
});

test('a stored PIN is not tried again after it was wrong', async () => {
  await using module = await openFaultyModule(hsm.module);
  await using home = await openTokenHome('p256', module.path);
  await storePin(home, '111111');
  await home.sh('age -e -i identity.txt -o secret.age secret');
  for (const logins of [1, 1]) {
    const opened = await alone(home, 'age -d -i identity.txt secret.age', withPin(home));
    expect(opened.code).toBe(1);
    expect(opened.output).toMatch(/age: error: .*PIN/);
    expect(module.logins()).toBe(logins);
  }
  await storePin(home, PIN);
  const right = await typing(home, 'age -d -i identity.txt secret.age', ['PIN of', `${PIN}\n`]);
  expect(right.code).toBe(0);
});

/** CKF_USER_PIN_COUNT_LOW and CKF_USER_PIN_FINAL_TRY. */
const LAST_TRY = 0x10000 | 0x20000;

test('the last try is spent only when the person who runs age says so', async () => {
  await using module = await openFaultyModule(hsm.module);
  await using home = await openTokenHome('p256', module.path);
  await home.sh('age -e -i identity.txt -o secret.age secret');
  module.fail({ at: 'C_GetTokenInfo', call: 0, does: 'flags', flags: LAST_TRY });
  module.forgetCalls();
  const opening = 'age -d -i identity.txt secret.age';
  const typed: [string, string] = ['PIN of token backup', `${PIN}\n`];
  const stopped = await typing(home, opening, typed, ['spend the last try?', '2']);
  expect(stopped.code).toBe(1);
  expect(stopped.output).toMatch(/age: error: .*PIN/);
  expect(module.logins()).toBe(0);
  const spent = await typing(home, opening, typed, ['spend the last try?', '1']);
  expect(spent.code).toBe(0);
  expect(module.logins()).toBe(1);
});

test('without a terminal and a stored PIN the error says what to do', async () => {
  await using home = await openTokenHome('p256');
  await home.sh('age -e -i identity.txt -o secret.age secret');
  const { code, output } = await alone(home, 'age -d -i identity.txt secret.age');
  expect(code).toBe(1);
  expect(output).toMatch(/age: error: .*PIN/);
});

test('a token that is not there is asked for, and may be skipped', async () => {
  await using home = await openTokenHome('p256');
  await using empty = await openSoftHsm();
  await home.sh('age -e -i identity.txt -o secret.age secret');
  const nowhere: Home = { ...home, env: { ...home.env, ...empty.environment } };
  const opening = 'age -d -i identity.txt secret.age';
  const { code, output } = await typing(
    nowhere,
    opening,
    ['is not here: insert it', '1'],
    ['is not here: insert it', '2'],
  );
  expect(code).toBe(1);
  expect(output).toContain('no identity matched');
});

test('a file for somebody else is passed over without a question', async () => {
  await using home = await openTokenHome('p256');
  await home.sh(`age-keygen -o other.txt 2> keygen.txt
    age -r "$(sed 's/.*: //' keygen.txt)" -o other.age secret
    age -r '${lines.rsa!.recipient}' -o rsa.age secret`);
  for (const file of ['other.age', 'rsa.age']) {
    const { code, output } = await alone(home, `age -d -i identity.txt ${file}`);
    expect(code).toBe(1);
    expect(output).toContain('no identity matched');
    expect(output).not.toContain('PIN');
  }
  const both = await alone(home, 'age -d -i identity.txt -i other.txt other.age');
  expect(both).toEqual({ code: 0, output: SECRET });
});

test('a module that crashes is an error that age shows', async () => {
  await using module = await openFaultyModule(hsm.module);
  await using home = await openTokenHome('p256', module.path);
  await storePin(home, PIN);
  await home.sh('age -e -i identity.txt -o secret.age secret');
  module.fail({ at: 'C_DeriveKey', does: 'crash' });
  const { code, output } = await alone(home, 'age -d -i identity.txt secret.age', withPin(home));
  expect(code).toBe(1);
  expect(output).toMatch(/age: error: .*module/);
});

test('a configuration that is wrong is an error that age shows', async () => {
  await using home = await openTokenHome('p256');
  await writeFile(home.path('.config/holdfast/config.toml'), 'nonsense = [');
  const { code, output } = await alone(home, 'age -e -i identity.txt secret');
  expect(code).toBe(1);
  expect(output).toMatch(/age: error: .*config\.toml/);
});

test('an installation that is incomplete is an error that age shows', async () => {
  await using home = await openTokenHome('p256');
  const program = 'bin/age-plugin-holdfast';
  await home.sh(`cp "$(readlink -f ${program})" alone.mjs; rm ${program}; mv alone.mjs ${program}`);
  const { code, output } = await alone(home, 'age -e -i identity.txt secret');
  expect(code).toBe(1);
  expect(output).toMatch(/age: error: .*Holdfast failed/);
});

test('without age it says what it is', async () => {
  await using home = await openTokenHome('p256');
  const { code, output } = await alone(home, 'age-plugin-holdfast');
  expect(code).toBe(2);
  expect(output).toContain('age');
  expect((await alone(home, 'age-plugin-holdfast --age-plugin=identity-v9')).code).toBe(2);
});
