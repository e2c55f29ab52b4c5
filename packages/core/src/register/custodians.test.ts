import { generateIdentity } from '@holdfast/age';
import type { BackupFacts, CatalogEvent } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { openScene, type Scene } from '../testing/scene.ts';
import {
  addCustodian,
  changeCustodian,
  removeCustodian,
  type CustodianReport,
  type CustodianRequest,
} from './custodians.ts';
import { listCustodians, type ListedCustodian } from './list-custodians.ts';
import { keeping, record } from './testing/kept-run.ts';

const recipient = String(generateIdentity().recipient());

async function add(scene: Scene, request: CustodianRequest): Promise<CustodianReport> {
  return await keeping(scene, async (run) => await addCustodian(request, run));
}

async function change(scene: Scene, request: CustodianRequest): Promise<CustodianReport> {
  return await keeping(scene, async (run) => await changeCustodian(request, run));
}

async function remove(scene: Scene, name: string, anyway = false): Promise<CustodianReport> {
  return await keeping(scene, async (run) => await removeCustodian({ name, anyway }, run));
}

async function list(scene: Scene, now?: Date): Promise<readonly ListedCustodian[]> {
  return await keeping(scene, async (run) => await listCustodians(run, now?.getTime()));
}

const names = (all: readonly ListedCustodian[]): string[] => all.map(({ name }) => name);

function quorum(backup: string, custodians: readonly string[], generation = 1): CatalogEvent {
  const facts: BackupFacts = {
    ...{ generation, manifest: String(generation).repeat(64), previous: null, host: 'vm' },
    ...{ created: `2026-11-25T22:33:2${String(generation)}Z`, kind: 'file', size: 1, mark: null },
    ...{ payloadDigest: 'a', signer: 'SHA256:a', trusted: true, discreet: false, waivers: [] },
    envelopes: [
      {
        index: 1,
        factors: [
          {
            kind: 'quorum',
            threshold: 2,
            custodians: custodians.map((name) => ({ name, factors: [{ kind: 'password' }] })),
          },
        ],
      },
    ],
  };
  return { action: 'backup.make', outcome: 'ok', secret: 'sso', backup, detail: facts };
}

test('a custodian is added, changed, listed by name, and removed', async () => {
  await using scene = await openScene();
  await add(scene, { name: 'bob', factors: 'password' });
  const { custodian } = await add(scene, {
    ...{ name: 'alice', factors: ` password+recipient(${recipient}) ` },
    ...{ contact: 'alice@example.org', checkEvery: 180 },
  });
  const factors = `password + recipient(${recipient})`;
  expect(custodian).toMatchObject({ factors, contact: 'alice@example.org', checkEvery: 180 });
  const changed = await change(scene, { name: 'alice', contact: '', checkEvery: 0 });
  expect(changed.custodian).toMatchObject({ factors, contact: null, checkEvery: null });
  expect(names(await list(scene))).toEqual(['alice', 'bob']);
  await remove(scene, 'bob');
  expect(names(await list(scene))).toEqual(['alice']);
  expect((await add(scene, { name: 'bob' })).custodian).toMatchObject({ removedAt: null });
});

test('a custodian is added once, and nobody is changed or removed who is not there', async () => {
  await using scene = await openScene();
  await add(scene, { name: 'alice' });
  await expect(add(scene, { name: 'alice' })).rejects.toMatchObject({ code: 'CUSTODIAN_EXISTS' });
  const unknown = { code: 'CUSTODIAN_UNKNOWN' };
  await expect(change(scene, { name: 'bob', contact: 'x' })).rejects.toMatchObject(unknown);
  await expect(remove(scene, 'bob')).rejects.toMatchObject(unknown);
  await remove(scene, 'alice');
  await expect(remove(scene, 'alice')).rejects.toMatchObject(unknown);
});

test.each(['', 'Alice', '-a', 'a b', 'a/b', 'ä', 'a'.repeat(64), 'a\n'])(
  'nobody can be called %j',
  async (name) => {
    await using scene = await openScene();
    await expect(add(scene, { name })).rejects.toMatchObject({ code: 'CUSTODIAN_INVALID' });
    expect(await list(scene)).toEqual([]);
  },
);

test.each([
  ...['', 'pin', 'password + password', 'token()', 'recipient(age1x)', 'password +'],
  ...['quorum(2, bob, carol)', 'password + quorum(2, bob, carol)'],
])('nobody opens a share with %j', async (factors) => {
  await using scene = await openScene();
  const invalid = { code: 'CUSTODIAN_INVALID' };
  await expect(add(scene, { name: 'alice', factors })).rejects.toMatchObject(invalid);
  await add(scene, { name: 'alice' });
  await expect(change(scene, { name: 'alice', factors })).rejects.toMatchObject(invalid);
});

test('a contact is one line, and the days between checks a whole number', async () => {
  await using scene = await openScene();
  const invalid = { code: 'CUSTODIAN_INVALID' };
  for (const more of [
    { contact: 'a\nb' },
    { checkEvery: -1 },
    { checkEvery: 1.5 },
    { checkEvery: 1e6 },
  ])
    await expect(add(scene, { name: 'alice', ...more })).rejects.toMatchObject(invalid);
});

test('a recipient or token that is another one’s too is told, by both', async () => {
  await using scene = await openScene();
  const factors = `recipient(${recipient})`;
  expect((await add(scene, { name: 'alice', factors })).warnings).toEqual([]);
  expect((await add(scene, { name: 'bob', factors })).warnings).toHaveLength(1);
  expect((await add(scene, { name: 'carol', factors: 'password' })).warnings).toEqual([]);
  expect((await add(scene, { name: 'dave', factors: 'password' })).warnings).toEqual([]);
  expect((await add(scene, { name: 'eve', factors: 'token(hsm)' })).warnings).toEqual([]);
  expect(
    (await add(scene, { name: 'fay', factors: 'password + token(hsm)' })).warnings,
  ).toHaveLength(1);
  const [alice, bob, carol] = await list(scene);
  expect(alice?.shared).toEqual([{ holding: factors, others: ['bob'] }]);
  expect(bob?.shared).toEqual([{ holding: factors, others: ['alice'] }]);
  expect(carol?.shared).toEqual([]);
  expect((await change(scene, { name: 'bob', factors: 'password' })).warnings).toHaveLength(1);
  expect((await list(scene))[0]?.shared).toEqual([]);
});

test('who holds a share of a backup that is in force is removed only on purpose', async () => {
  await using scene = await openScene();
  for (const name of ['alice', 'bob', 'carol']) await add(scene, { name });
  const id = '00000000-0000-4000-8000-000000000001';
  await record(scene, quorum(id, ['alice', 'bob']));
  await expect(remove(scene, 'alice')).rejects.toMatchObject({ code: 'CUSTODIAN_IN_USE' });
  await remove(scene, 'carol');
  // The next generation does without her.
  await record(scene, quorum(id, ['bob', 'dave'], 2));
  expect((await remove(scene, 'alice')).warnings).toEqual([]);
  await expect(remove(scene, 'bob')).rejects.toMatchObject({ code: 'CUSTODIAN_IN_USE' });
  expect((await remove(scene, 'bob', true)).warnings).toHaveLength(1);
});

test('a check is due so many days after the last one, or after they were added', async () => {
  await using scene = await openScene();
  const { custodian } = await add(scene, { name: 'alice', checkEvery: 10 });
  await add(scene, { name: 'bob' });
  const added = Date.parse(custodian.addedAt);
  const after = (days: number): Date => new Date(added + days * 24 * 60 * 60 * 1000);
  expect((await list(scene, after(9)))[0]).toMatchObject({
    ...{ dueAt: after(10).toISOString(), overdue: false, clockSetBack: false, checkedAt: null },
  });
  expect((await list(scene, after(10)))[0]).toMatchObject({ overdue: true });
  expect((await list(scene, after(1000)))[1]).toMatchObject({ dueAt: null, overdue: false });
  const share = { envelope: 1, set: '0'.repeat(32) };
  const checked = { action: 'custodian.check', custodian: 'alice', detail: share } as const;
  await record(scene, { ...checked, outcome: 'ok' }, { ...checked, outcome: 'WRONG_PASSWORD' });
  const [alice] = await list(scene);
  expect(alice).toMatchObject({ checkOutcome: 'WRONG_PASSWORD', overdue: false });
  expect(alice?.checkedAt).not.toBeNull();
});

test('a last check that lies in the future counts for nothing', async () => {
  await using scene = await openScene();
  await add(scene, { name: 'alice', checkEvery: 10 });
  expect((await list(scene, new Date(Date.now() - 86_400_000)))[0]).toMatchObject({
    ...{ clockSetBack: true, overdue: true },
  });
});

test('a thousand custodians are as quick as one', async () => {
  await using scene = await openScene();
  await add(scene, { name: 'first', factors: `recipient(${recipient})` });
  await keeping(scene, async ({ catalog }) => {
    const detail = { factors: `password + recipient(${recipient})`, contact: null, checkEvery: 30 };
    const many = Array.from({ length: 999 }, (_, place): CatalogEvent => {
      const custodian = `custodian-${String(place)}`;
      return { action: 'custodian.add', outcome: 'ok', custodian, detail };
    });
    await catalog.recorder.record(many);
  });
  const started = performance.now();
  const all = await list(scene);
  await change(scene, { name: 'custodian-500', contact: 'x' });
  await remove(scene, 'custodian-501');
  expect(performance.now() - started).toBeLessThan(3000);
  expect(all).toHaveLength(1000);
  expect(all[0]?.shared[0]?.others).toHaveLength(999);
});
