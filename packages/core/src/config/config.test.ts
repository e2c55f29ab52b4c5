import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { configPaths, loadConfig } from './config.ts';
import { SETTINGS } from './settings.ts';

const DOCS = new URL('../../../../docs/configuration.md', import.meta.url);

async function write(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'holdfast-config-')), 'config.toml');
  await writeFile(path, text);
  return path;
}

async function problem(text: string): Promise<string> {
  const path = await write(text);
  const error: unknown = await loadConfig({ path, env: {} }).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  return (error as Error).message.replace(path, 'FILE');
}

test('without any file the defaults hold', async () => {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-home-'));
  expect(await loadConfig({ env: { HOME: home } })).toMatchObject({
    state: join(home, '.local/state/holdfast'),
    requireSigned: false,
    secret: 'sso',
    backup: { envelopes: ['password'], discreet: false, workFactor: null, requireToken: false },
    modules: [],
    tokens: {},
    policies: {},
    secrets: {},
    catalogUrl: null,
  });
});

test('the file in the XDG folder is found, and its relative paths begin at its folder', async () => {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-home-'));
  const env = { XDG_CONFIG_HOME: home, HOME: '/home/alice' };
  const [file = ''] = configPaths(env);
  await mkdir(dirname(file));
  await writeFile(file, 'state = "~/safe"\ntrust = "signers"\n');
  expect(await loadConfig({ env })).toMatchObject({
    file,
    state: '/home/alice/safe',
    trust: join(home, 'holdfast/signers'),
  });
});

test('the state folder follows systemd, then XDG, and ignores relative folders there', async () => {
  const path = await write('');
  const state = async (env: Record<string, string>): Promise<string> =>
    (await loadConfig({ path, env: { HOME: '/h', ...env } })).state;
  expect(await state({ STATE_DIRECTORY: '/var/lib/a:/var/lib/b' })).toBe('/var/lib/a');
  expect(await state({ XDG_STATE_HOME: '/x' })).toBe('/x/holdfast');
  expect(await state({ XDG_STATE_HOME: 'x' })).toBe('/h/.local/state/holdfast');
});

test('a file that is named must be there', async () => {
  await expect(loadConfig({ path: '/nowhere/c.toml', env: {} })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});

test('an unknown setting is named with its place and the nearest there is', async () => {
  expect(await problem('# c\n[backup]\nenvelope = ["password"]\n')).toBe(
    'FILE:3:1: there is no setting backup.envelope; did you mean backup.envelopes?',
  );
  expect(await problem('[zzz]\n')).toMatch(/^FILE:1:2: there is no setting zzz; there are state, /);
  expect(await problem('[[backup]]\ndiscreet = true\n')).toMatch(
    /^FILE:1:3: there is no setting backup/,
  );
});

test('an empty table is not a mistake', async () => {
  const path = await write('[backup]\n# discreet = true\n');
  expect(await loadConfig({ path, env: {} })).toMatchObject({ backup: { discreet: false } });
});

test('an inline table reads like a table', async () => {
  const path = await write('backup = { discreet = true }\n');
  expect(await loadConfig({ path, env: {} })).toMatchObject({ backup: { discreet: true } });
});

test('modules are tables of an array, and their relative paths begin at the file', async () => {
  const path = await write(
    '[[modules]]\npath = "lib/p11.so"\n[[modules]]\npath = "~/a.so"\ninit-args = "x=y"\n',
  );
  expect(await loadConfig({ path, env: { HOME: '/h' } })).toMatchObject({
    modules: [{ path: join(dirname(path), 'lib/p11.so') }, { path: '/h/a.so', initArgs: 'x=y' }],
  });
  const inline = await write('modules = [{ path = "/a.so" }, { path = "/b.so" }]\n');
  expect(await loadConfig({ path: inline, env: {} })).toMatchObject({
    modules: [{ path: '/a.so' }, { path: '/b.so' }],
  });
});

test('tokens have the names that the file gives them', async () => {
  const path = await write(
    '[tokens]\nbackup-hsm = "pkcs11:token=lab;object=kek"\n"spare.2" = "pkcs11:serial=1"\n',
  );
  expect(await loadConfig({ path, env: {} })).toMatchObject({
    tokens: { 'backup-hsm': 'pkcs11:token=lab;object=kek', 'spare.2': 'pkcs11:serial=1' },
  });
});

test('a policy is its envelopes and its rules, and has defaults for the rest', async () => {
  const path = await write(`
[policies.plain]
envelopes = ["password"]
[policies.gold]
envelopes = ["password", "token(hsm)"]
require-token = true
copies = 3
max-age = "30d"
drill-every = "12h"
check-custodians-every = "1y"
independent-recovery = false
waive = ["single-point-of-failure"]
`);
  const { policies } = await loadConfig({ path, env: {} });
  expect(policies).toEqual({
    plain: {
      name: 'plain',
      envelopes: ['password'],
      requireToken: false,
      copies: 1,
      maxAge: null,
      drillEvery: null,
      checkCustodiansEvery: null,
      independentRecovery: true,
      waive: [],
    },
    gold: {
      name: 'gold',
      envelopes: ['password', 'token(hsm)'],
      requireToken: true,
      copies: 3,
      maxAge: 30 * 86_400_000,
      drillEvery: 12 * 3_600_000,
      checkCustodiansEvery: 365 * 86_400_000,
      independentRecovery: false,
      waive: ['single-point-of-failure'],
    },
  });
});

test('a secret has a policy and a source, and paths of it begin at the file', async () => {
  const path = await write(`
[policies."p.1"]
envelopes = ["password"]
[secrets."gitlab-secrets.json"]
policy = "p.1"
source = "etc/g.json"
check-live-every = "1d"
[secrets.keys]
source = ["/a", "~/b"]
[secrets.sso]
source = "store:sso"
[secrets.vault]
source-command = "vault export | sort"
[secrets.bare]
`);
  const { secrets } = await loadConfig({ path, env: { HOME: '/h' } });
  const none = { policy: null, source: null, checkLiveEvery: null };
  expect(secrets).toEqual({
    'gitlab-secrets.json': {
      name: 'gitlab-secrets.json',
      policy: 'p.1',
      source: { kind: 'file', what: [join(dirname(path), 'etc/g.json')] },
      checkLiveEvery: 86_400_000,
    },
    keys: { ...none, name: 'keys', source: { kind: 'files', what: ['/a', '/h/b'] } },
    sso: { ...none, name: 'sso', source: { kind: 'store', what: ['sso'] } },
    vault: { ...none, name: 'vault', source: { kind: 'command', what: ['vault export | sort'] } },
    bare: { ...none, name: 'bare' },
  });
});

test('the tables of a name may be written in parts, in any order, or inline', async () => {
  const path = await write(`
secrets = { sso = { policy = "late" } }
policies.late.copies = 2
policies.late.envelopes = ["password"]
`);
  expect(await loadConfig({ path, env: {} })).toMatchObject({
    secrets: { sso: { policy: 'late' } },
    policies: { late: { copies: 2 } },
  });
});

test.each(['postgres://holdfast@db/holdfast', 'postgresql:///holdfast?host=/run/postgresql'])(
  'the catalog may be at %s',
  async (url) => {
    const path = await write(`[catalog]\nurl = "${url}"\n`);
    expect(await loadConfig({ path, env: {} })).toMatchObject({ catalogUrl: url });
  },
);

test.each(['postgres://a:hunter2@db/x', 'postgres://db/x?password=hunter2'])(
  'a password in %s is refused, and not repeated',
  async (url) => {
    const message = await problem(`[catalog]\nurl = "${url}"`);
    expect(message).toMatch(/^FILE:2:7: catalog\.url takes .*\.pgpass; this holds a password$/);
    expect(message).not.toContain('hunter2');
  },
);

test.each([
  ['state = 3', 'FILE:1:9: state takes a path'],
  ['require-signed = "yes"', 'FILE:1:18: require-signed takes true or false'],
  [
    '[backup]\n  work-factor = 30',
    'FILE:2:17: backup.work-factor takes a whole number from 18 to 20',
  ],
  ['[backup]\nenvelopes = ["passwort"]', 'FILE:2:13: backup.envelopes takes a list of envelopes'],
  ['[backup]\nenvelopes = "password"', 'FILE:2:13: backup.envelopes takes a list of envelopes'],
  ['[[modules]]\npath = 3', 'FILE:2:8: modules.path takes a path'],
  ['# c\n [[modules]]\ninit-args = "x"', 'FILE:2:4: this module has no path'],
  [
    '[[modules]]\npath = "/a"\npin = "1"',
    'FILE:3:1: there is no setting modules.pin; did you mean modules.path?',
  ],
  ['[modules]\npath = "/a"', 'FILE:2:1: there is no setting modules.path; a module is written as'],
  ['[modules]', 'FILE:1:2: there is no setting modules; a module is written as'],
  ['modules = "/a"', 'FILE:1:1: there is no setting modules; a module is written as'],
  ['[tokens]\nhsm = "lab"', 'FILE:2:7: tokens.hsm takes the URI of a key on a token'],
  ['[tokens]\nhsm = 1', 'FILE:2:7: tokens.hsm takes the URI of a key on a token'],
  ['[tokens]\n"a b" = "pkcs11:"', 'FILE:2:1: the name of a token takes letters'],
  ['tokens = "lab"', 'FILE:1:1: there is no setting tokens;'],
  ['[backup]\nenvelopes = ["token()"]', 'FILE:2:13: backup.envelopes takes a list of envelopes'],
  ['[catalog]\nurl = "mysql://db/x"', 'FILE:2:7: catalog.url takes the URL of a PostgreSQL'],
  ['[catalog]\nurl = "db"', 'FILE:2:7: catalog.url takes'],
  ['[policies]\ncopies = 3', 'FILE:2:1: there is no setting policies.copies'],
  ['[policies.x]', 'FILE:1:2: the policy x has no envelopes'],
  ['[policies.x]\ncopies = 2', 'FILE:2:1: the policy x has no envelopes'],
  ['[policies."a b"]\ncopies = 2', 'FILE:2:1: the name of a policy takes letters'],
  [
    '[policies.x]\nenvelope = ["password"]',
    'FILE:2:1: there is no setting policies.x.envelope; did you mean policies.x.envelopes?',
  ],
  ['[policies.x]\nenvelopes = []', 'FILE:2:13: policies.x.envelopes takes a list of envelopes'],
  ['[policies.x]\ncopies = 0', 'FILE:2:10: policies.x.copies takes a whole number from 1 to 99'],
  ['[policies.x]\ncopies = 100', 'FILE:2:10: policies.x.copies takes'],
  ['[policies.x]\nmax-age = 30', 'FILE:2:11: policies.x.max-age takes a number of hours'],
  ['[policies.x]\nmax-age = "0d"', 'FILE:2:11: policies.x.max-age takes'],
  ['[policies.x]\ndrill-every = "monthly"', 'FILE:2:15: policies.x.drill-every takes'],
  ['[policies.x]\ncheck-custodians-every = ""', 'FILE:2:26: policies.x.check-custodians-every'],
  ['[policies.x]\nrequire-token = 1', 'FILE:2:17: policies.x.require-token takes true or false'],
  ['[policies.x]\nindependent-recovery = "no"', 'FILE:2:24: policies.x.independent-recovery'],
  ['[policies.x]\nwaive = ["everything"]', 'FILE:2:9: policies.x.waive takes a list of "single-'],
  ['[policies.x]\nwaive = "single-point-of-failure"', 'FILE:2:9: policies.x.waive takes'],
  ['[secrets.x]\npolicy = "gone"', 'FILE:2:10: there is no policy gone in this file'],
  ['[secrets.x]\npolicy = "constructor"', 'FILE:2:10: there is no policy constructor'],
  ['[secrets.x]\nsource = []', 'FILE:2:10: secrets.x.source takes a path, a list of paths'],
  ['[secrets.x]\nsource = ["/a", "store:b"]', 'FILE:2:10: secrets.x.source takes a path'],
  ['[secrets.x]\nsource = 3', 'FILE:2:10: secrets.x.source takes'],
  ['[secrets.x]\nsource = "a"\nsource-command = "b"', 'FILE:3:18: the secret x has a source'],
  ['[secrets.x]\ncheck-live-every = "1"', 'FILE:2:20: secrets.x.check-live-every takes'],
  ['[secrets."a\\nb"]\npolicy = "c"', 'FILE:2:1: the name of a secret takes one line'],
  ['secrets = "x"', 'FILE:1:1: there is no setting secrets'],
  ['secret = ', 'FILE:1:'],
  ['secret = "a"\nsecret = "b"', 'FILE:2:1: not TOML'],
])('%j is refused at its place', async (text, expected) => {
  expect(await problem(text)).toContain(expected);
});

test('the example in the documentation sets every setting, and parses', async () => {
  const docs = await readFile(DOCS, 'utf8');
  const [, example = ''] = /```toml\n([\s\S]*?)```/.exec(docs) ?? [];
  const config = await loadConfig({ path: await write(example), env: {} });
  expect(config).toMatchObject({ group: 'sso-admins', requireSigned: true });
  for (const name of Object.keys(SETTINGS)) {
    const shown = name.replace('[]', '').replace('*', 'NAME');
    expect(docs).toMatch(new RegExp(`^\\| \`${shown.replaceAll('.', '\\.')}\` +\\|`, 'm'));
    const key = name
      .replace(/^.*\*\.|^server\.(?:(?:tls|oidc)\.)?/, '')
      .replace(/^(?:backup|media|modules\[\]|tokens|catalog)\./, '')
      .replace('*', '[\\w-]+');
    expect(example).toMatch(new RegExp(`^${key} = `, 'm'));
  }
});
