import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { CatalogEvent } from '@holdfast/catalog';
import { copyId, mediumId } from '@holdfast/catalog/ids';
import { expect, test } from 'vitest';
import type { BackupRequest } from '../backup.ts';
import { changeEnvelopes } from '../change-envelopes.ts';
import { inspect } from '../inspect.ts';
import { catalogAccess } from '../record/catalog-access.ts';
import type { Run } from '../run.ts';
import { openScene, PASSWORD, withPassword, type Scene } from '../testing/scene.ts';
import {
  assertNotViolated,
  checkPolicies,
  type PolicyCheckRequest,
  type PolicyReport,
} from './check-policies.ts';
import type { Policy } from './policy.ts';

const SECRET = 'secret.json';
const ALL = { kind: 'all', older: false } as const;

function policy(name: string, more: Partial<Policy> = {}): Policy {
  return {
    ...{ name, envelopes: ['password'], requireToken: false, copies: 1, maxAge: null },
    ...{ drillEvery: null, checkCustodiansEvery: null, independentRecovery: true, waive: [] },
    ...more,
  };
}

/** A scene whose use cases record what they do. */
interface Kept extends AsyncDisposable {
  readonly scene: Scene;
  readonly run: Run;
  backup(content: string, more?: Partial<BackupRequest>): Promise<string>;
  check(more?: Partial<PolicyCheckRequest>): Promise<PolicyReport>;
}

async function openKept(): Promise<Kept> {
  await using resources = new AsyncDisposableStack();
  const scene = resources.use(await openScene());
  const { instance } = scene.run();
  const catalog = resources.use(catalogAccess({ instance, surface: 'cli' }));
  const { recorder, custodians } = catalog;
  const run = scene.run(withPassword(PASSWORD), { catalog, recorder, custodians });
  const held = resources.move();
  return {
    scene,
    run,
    backup: async (content, more = {}) =>
      await scene.backup(content, { overwrite: true, ...more }, run),
    check: async (more = {}) =>
      await checkPolicies({ policies: {}, secrets: {}, tokens: {}, what: ALL, ...more }, run),
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

/** Puts a secret under a policy, as the configuration does. */
function under(name: string | null, secret = SECRET): PolicyCheckRequest['secrets'] {
  return { [secret]: { name: secret, policy: name, source: null, checkLiveEvery: null } };
}

const STICK = { label: 'BLACK', uuid: 'B1', serial: 'S1', vendor: null, product: null, size: 1 };

/** A copy on a stick, as the audit log would tell of it. */
function onStick(backup: string, file: string): CatalogEvent[] {
  const medium = mediumId(STICK);
  const place = { kind: 'medium', path: null } as const;
  const copy = copyId({ backup, place, medium, file });
  const detail = { place, generation: 1, file, size: 1, proof: null, number: null, of: null };
  const about = { outcome: 'ok', secret: SECRET, backup, copy, medium } as const;
  return [
    {
      ...{ action: 'medium.describe', outcome: 'ok', medium },
      detail: { ...STICK, name: 'black one', location: 'bank box 2' },
    },
    { ...about, action: 'copy.make', detail },
  ];
}

const wordsOf = ({ backups: [first] }: PolicyReport): Record<string, string> =>
  Object.fromEntries((first?.losses.single ?? []).map((it) => [it.words, it.restorable]));

const rulesBroken = ({ backups }: PolicyReport): string[] =>
  backups.flatMap(({ violations }) => violations.map(({ rule }) => rule));

test('where nothing is known, nothing is found and nothing is made', async () => {
  await using kept = await openKept();
  expect(await kept.check()).toEqual({
    policies: [],
    backups: [],
    neverBackedUp: [],
    violated: false,
  });
});

test('a policy is checked as it is written, before anything is backed up under it', async () => {
  await using kept = await openKept();
  const policies = {
    lax: policy('lax'),
    gold: policy('gold', { envelopes: ['token(hsm)'], requireToken: true }),
    silver: policy('silver', { envelopes: ['password'], requireToken: true }),
  };
  const tokens = { hsm: 'pkcs11:token=lab;serial=7;object=kek' };
  const report = await kept.check({ policies, tokens });
  const rules = report.policies.map(({ policy: { name }, violations }) => [
    name,
    violations.map(({ rule }) => rule),
  ]);
  expect(rules).toEqual([
    ['lax', []],
    ['gold', ['independent-recovery']],
    ['silver', ['require-token']],
  ]);
  expect(report.policies[1]?.losses.single).toMatchObject([
    { words: 'the token "lab" (serial 7)', restorable: 'no' },
  ]);
  expect(report.violated).toBe(true);
});

test('custodians are those of the catalog, and one whom nobody knows is named', async () => {
  await using kept = await openKept();
  await kept.backup('s');
  await kept.run.recorder?.record([
    {
      ...{ action: 'custodian.add', outcome: 'ok', custodian: 'ann' },
      detail: { factors: 'password', contact: null, checkEvery: null },
    },
  ]);
  const policies = { q: policy('q', { envelopes: ['quorum(2, ann, ben)'] }) };
  const {
    policies: [checked],
  } = await kept.check({ policies });
  expect(checked?.unknownCustodians).toEqual(['ben']);
  expect(checked?.violations.map(({ rule }) => rule)).toEqual([
    'independent-recovery',
    'independent-recovery',
  ]);
});

test('a secret under a policy that was never backed up breaks it', async () => {
  await using kept = await openKept();
  const report = await kept.check({ policies: { lax: policy('lax') }, secrets: under('lax') });
  expect(report).toMatchObject({
    backups: [],
    neverBackedUp: [{ secret: SECRET, policy: 'lax' }],
    violated: true,
  });
  expect(() => {
    assertNotViolated(report);
  }).toThrow(expect.objectContaining({ code: 'POLICY_VIOLATED' }));
  // Without a policy it is nobody's business here.
  expect(await kept.check({ secrets: under(null) })).toMatchObject({ violated: false });
});

test('a backup is told with all that it depends on: its envelopes, its media and its places', async () => {
  await using kept = await openKept();
  const path = await kept.backup('s', { policy: policy('two', { copies: 2 }) });
  const folder = `the folder ${kept.scene.folder} on ${hostname()}`;
  const machine = `the machine ${hostname()}`;
  const only = await kept.check({ policies: { two: policy('two', { copies: 2 }) } });
  expect(wordsOf(only)).toEqual({
    'the password of envelope 1': 'no',
    [folder]: 'no',
    [machine]: 'no',
  });
  // The policy that it was made under was recorded; the configuration does not name it.
  expect(only.backups).toMatchObject([{ secret: SECRET, policy: 'two', copies: 1 }]);
  expect(rulesBroken(only)).toEqual(['copies']);

  const { id } = await inspect(path, kept.run.instance);
  await kept.run.recorder?.record(onStick(id, 'secret.tar'));
  const both = await kept.check({ policies: { two: policy('two', { copies: 2 }) } });
  expect(wordsOf(both)).toEqual({
    'the password of envelope 1': 'no',
    'the medium black one': 'yes',
    'all that lies at "bank box 2"': 'yes',
    [folder]: 'yes',
    [machine]: 'yes',
  });
  expect(both).toMatchObject({ violated: false, backups: [{ copies: 2 }] });
  expect(() => {
    assertNotViolated(both);
  }).not.toThrow();
  expect(both.backups[0]?.losses.pairs).toEqual([[folder, 'the medium black one']]);
});

test('a copy that was found to be no good survives nothing', async () => {
  await using kept = await openKept();
  const from = await kept.backup('s');
  const { id } = await inspect(from, kept.run.instance);
  const stick = onStick(id, 'sso.tar');
  const { copy } = stick[1] ?? {};
  await kept.run.recorder?.record(stick);
  const losing = async (): Promise<string | undefined> => {
    const { losses } = (await kept.check()).backups[0] ?? {};
    return losses?.single.find(({ loss: { kind } }) => kind === 'machine')?.restorable;
  };
  const verified = async (outcome: string): Promise<void> => {
    const detail = { checked: 'structure', fromMedium: true, opened: [] } as const;
    const about = { action: 'copy.verify', outcome, backup: id, copy } as const;
    await kept.run.recorder?.record([{ ...about, detail }]);
  };
  expect(await losing()).toBe('yes');
  await verified('WRONG_PASSWORD');
  expect(await losing()).toBe('yes');
  await verified('BACKUP_DAMAGED');
  expect(await losing()).toBe('no');
});

test('the word of the configuration counts more than what was recorded', async () => {
  await using kept = await openKept();
  await kept.backup('s', { policy: policy('gone') });
  const policies = { strict: policy('strict', { copies: 3 }) };
  expect(await kept.check({ policies })).toMatchObject({ backups: [{ policy: null }] });
  const report = await kept.check({ policies, secrets: under('strict') });
  expect(report.backups).toMatchObject([{ policy: 'strict' }]);
  expect(rulesBroken(report)).toEqual(['copies']);
});

test('the newest backup of a secret counts, and older ones are shown when asked', async () => {
  await using kept = await openKept();
  await kept.backup('first', { to: kept.scene.path('first.tar') });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const newest = await kept.backup('second', { to: kept.scene.path('second.tar') });
  const { id } = await inspect(newest, kept.run.instance);
  const rules = { policies: { p: policy('p', { copies: 2 }) }, secrets: under('p') };
  const report = await kept.check(rules);
  expect(report.backups.map((it) => it.id)).toEqual([id]);
  const all = await kept.check({ ...rules, what: { kind: 'all', older: true } });
  expect(all.backups).toHaveLength(2);
  // How many copies there are of what is past breaks no rule.
  expect(all.backups.map(({ violations }) => violations.length)).toEqual([1, 0]);
});

test('after a change of envelopes the new generation counts', async () => {
  await using kept = await openKept();
  const path = await kept.backup('s', { envelopes: ['password', 'password'] });
  await changeEnvelopes({ path, remove: [2], workFactor: 2 }, kept.run);
  const report = await kept.check({ what: { kind: 'all', older: true } });
  expect(report.backups).toMatchObject([{ generation: 2, superseded: false, copies: 1 }]);
  expect(wordsOf(report)).toMatchObject({ 'the password of envelope 1': 'no' });
});

test('only the secrets under a policy are checked when it is named', async () => {
  await using kept = await openKept();
  await kept.backup('s');
  const policies = { p: policy('p'), q: policy('q') };
  const what = { kind: 'policy', name: 'p' } as const;
  expect(await kept.check({ policies, secrets: under('q'), what })).toMatchObject({
    policies: [{ policy: { name: 'p' }, secrets: [] }],
    backups: [],
  });
  expect(await kept.check({ policies, secrets: under('p'), what })).toMatchObject({
    policies: [{ secrets: [SECRET] }],
    backups: [{ secret: SECRET }],
  });
  await expect(kept.check({ policies, what: { kind: 'policy', name: 'x' } })).rejects.toMatchObject(
    { code: 'POLICY_UNKNOWN' },
  );
});

test('a file that nobody recorded is a copy by itself', async () => {
  await using kept = await openKept();
  const path = await kept.scene.backup('s');
  const what = { kind: 'backup', path, onMedium: false } as const;
  const report = await kept.check({ what });
  expect(report.backups).toMatchObject([{ secret: SECRET, copies: 1, policy: null }]);
  expect(wordsOf(report)).toMatchObject({
    [`the folder ${kept.scene.folder} on ${hostname()}`]: 'no',
  });
  const medium = await kept.check({ what: { ...what, onMedium: true } });
  expect(wordsOf(medium)).toEqual({
    'the password of envelope 1': 'no',
    'the medium that it is on': 'no',
  });
});

test('a file that was recorded is not counted twice, and another one beside it is one more', async () => {
  await using kept = await openKept();
  const path = await kept.backup('s');
  const rules = { policies: { p: policy('p', { copies: 2 }) }, secrets: under('p') };
  const check = async (file: string, onMedium = false) =>
    await kept.check({ ...rules, what: { kind: 'backup', path: file, onMedium } });
  expect(rulesBroken(await check(path))).toEqual(['copies']);
  await mkdir(kept.scene.path('other'));
  const other = kept.scene.path('other/out.tar');
  await copyFile(path, other);
  expect(await check(other)).toMatchObject({ violated: false, backups: [{ copies: 2 }] });
  // On a stick, the name of the file says which of the recorded copies it is.
  const { id } = await inspect(path, kept.run.instance);
  await kept.run.recorder?.record(onStick(id, 'out.tar'));
  expect(await check(other, true)).toMatchObject({ backups: [{ copies: 2 }] });
});

test('a file of a former generation is said to be superseded', async () => {
  await using kept = await openKept();
  const path = await kept.backup('s', { envelopes: ['password', 'password'] });
  const former = kept.scene.path('former.tar');
  await copyFile(path, former);
  await changeEnvelopes({ path, remove: [2], workFactor: 2 }, kept.run);
  const what = { kind: 'backup', path: former, onMedium: false } as const;
  expect(await kept.check({ what })).toMatchObject({
    backups: [{ generation: 1, superseded: true }],
  });
});

test('what is no backup is an error', async () => {
  await using kept = await openKept();
  const path = await kept.scene.file('x', 'no backup');
  const check = async (file: string) =>
    await kept.check({ what: { kind: 'backup', path: file, onMedium: false } });
  await expect(check(path)).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
  await expect(check(`${path}.gone`)).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
});

test('a catalog that is damaged is an error, and no answer', async () => {
  await using kept = await openKept();
  await kept.backup('s');
  await using other = await openScene();
  await other.run().instance.signer();
  await writeFile(other.path('state/catalog.db'), 'no catalog, but long enough '.repeat(200));
  const { instance } = other.run();
  await using catalog = catalogAccess({ instance, surface: 'cli' });
  const request = { policies: {}, secrets: {}, tokens: {}, what: ALL };
  await expect(checkPolicies(request, other.run(undefined, { catalog }))).rejects.toMatchObject({
    code: 'CATALOG_DAMAGED',
  });
});

test('a discreet backup is found under the name that its maker knew', async () => {
  await using kept = await openKept();
  await kept.backup('s', { discreet: true });
  const report = await kept.check({
    policies: { p: policy('p', { copies: 2 }) },
    secrets: under('p'),
  });
  expect(report.backups).toMatchObject([{ secret: SECRET, policy: 'p' }]);
});
