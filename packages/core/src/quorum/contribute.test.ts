import { open, readFile, stat, writeFile } from 'node:fs/promises';
import {
  encodeArmor,
  encrypt,
  generateIdentity,
  openIdentityFile,
  type Secret,
} from '@holdfast/age';
import type { CatalogEvent } from '@holdfast/catalog';
import { expect, test } from 'vitest';
import { readBackupFile } from '../backup-file/reader.ts';
import { changeEnvelopes } from '../change-envelopes.ts';
import { openEnvelopes } from '../envelopes/opener.ts';
import type { Contribution } from '../ports.ts';
import { restore } from '../restore.ts';
import { toFile } from '../targets/index.ts';
import { people, bookOf } from '../testing/quorum-scene.ts';
import { openScene, PASSWORD, type Scene } from '../testing/scene.ts';
import { altered, splitBackup, type SplitBackup } from '../testing/split-backup.ts';
import { checkShare } from './check-share.ts';
import { contribute } from './contribute.ts';
import { makeSession } from './session.ts';

const session = generateIdentity();
const to = String(session.recipient());

/** What custodians send, each from a place of their own, with nothing but their own identity. */
async function sent(scene: Scene, split: SplitBackup, ...names: string[]): Promise<Contribution[]> {
  const all = [];
  for (const name of names) {
    const { [name]: own } = split.identities;
    const run = scene.run(people({ identities: own ? [own] : [] }));
    const { contribution } = await contribute({ from: split.from, as: name, to }, run);
    all.push({ from: `${name}.age`, bytes: Buffer.from(contribution) });
  }
  return all;
}

async function restored(
  scene: Scene,
  from: string,
  contributions: readonly Contribution[],
  come: readonly (string | Contribution)[] = [],
): Promise<string> {
  const path = scene.path('back');
  const factors = people({ identities: [session], sent: contributions, come });
  await restore({ from, to: toFile(path) }, scene.run(factors));
  return await readFile(path, 'utf8');
}

async function sealed(text: Uint8Array, from = 'sent.age'): Promise<Contribution> {
  return { from, bytes: await encrypt(text, [session.recipient()]) };
}

test('custodians who never meet restore a secret, in any order', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const [alice, bob, carol] = await sent(scene, split, 'alice', 'bob', 'carol');
  if (!alice || !bob || !carol) throw new Error('three were sent');
  for (const some of [
    [alice, bob],
    [carol, alice],
    [bob, carol],
  ]) {
    expect(await restored(scene, split.from, some)).toBe('the master secret');
  }
});

test('what a custodian sends is armored, for one recipient, and not the share itself', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const [alice] = await sent(scene, split, 'alice');
  const text = Buffer.from(alice?.bytes ?? []).toString();
  expect(text).toMatch(
    /^-----BEGIN AGE ENCRYPTED FILE-----\n[\s\S]*-----END AGE ENCRYPTED FILE-----\n$/,
  );
  expect(text).not.toContain('holdfast');
});

test('a share that came and a custodian at the terminal make a quorum together', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const [alice, bob] = await sent(scene, split, 'alice', 'bob');
  if (!alice || !bob) throw new Error('two were sent');
  expect(await restored(scene, split.from, [alice], [bob])).toBe('the master secret');
});

test('a share that its custodian opened with stock age is taken too', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const plain = { from: '1-carol.share', bytes: await split.text('carol') };
  const [alice] = await sent(scene, split, 'alice');
  if (!alice) throw new Error('one was sent');
  expect(await restored(scene, split.from, [plain, alice])).toBe('the master secret');
});

test('one share that was sent is not enough, and who is to come is said', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const failing = restored(scene, split.from, await sent(scene, split, 'bob'));
  await expect(failing).rejects.toMatchObject({
    code: 'SHARES_MISSING',
    message: '1 of 2 shares: bob; to come: alice, carol',
  });
});

test.each<[string, string, (split: SplitBackup, other: SplitBackup) => Promise<Contribution>]>([
  ['twice', 'SHARE_DUPLICATE', async (split) => await sealed(await split.text('alice'))],
  ['of another backup', 'SHARE_FOREIGN', async (_, other) => await sealed(await other.text('bob'))],
  [
    'of another set',
    'SHARE_OUTDATED',
    async (split) => await sealed(altered(await split.text('bob'), { set: 'ab'.repeat(16) })),
  ],
  [
    'with one bit flipped',
    'SHARE_INVALID',
    async (split) =>
      await sealed(
        altered(await split.text('bob'), {}, (bytes) => {
          bytes[7] = (bytes[7] ?? 0) ^ 1;
        }),
      ),
  ],
  ['that is another file', 'SHARE_INVALID', async () => await sealed(Buffer.from('{"a":1}\n'))],
  [
    'that is no age file',
    'SHARE_INVALID',
    async () => ({ from: 'x', bytes: Buffer.from('hello') }),
  ],
  ['that is empty', 'SHARE_INVALID', async () => ({ from: 'x', bytes: Buffer.alloc(0) })],
  [
    'that was cut short',
    'SHARE_INVALID',
    async (split) => {
      const { from, bytes } = await sealed(await split.text('bob'));
      return { from, bytes: bytes.subarray(0, -5) };
    },
  ],
  [
    'whose armor was cut short',
    'SHARE_INVALID',
    async (split) => {
      const { from, bytes } = await sealed(await split.text('bob'));
      return { from, bytes: encodeArmor(bytes).subarray(0, -40) };
    },
  ],
  [
    'sealed to somebody else',
    'FACTOR_MISSING',
    async (split) => ({
      from: 'x',
      bytes: await encrypt(await split.text('bob'), [generateIdentity().recipient()]),
    }),
  ],
])(
  'a share %s is named at entry, and at the terminal it costs no other',
  async (_what, code, make) => {
    await using scene = await openScene();
    const split = await splitBackup(scene);
    const bad = await make(split, await splitBackup(scene, { to: 'other.tar' }));
    const [alice, carol] = await sent(scene, split, 'alice', 'carol');
    if (!alice || !carol) throw new Error('two were sent');
    const failing = restored(scene, split.from, [alice, bad, carol]);
    await expect(failing).rejects.toMatchObject({ code });
    const factors = people({ identities: [session], sent: [alice], come: [bad, carol] });
    await restore({ from: split.from, to: toFile(scene.path('back')) }, scene.run(factors));
    expect(factors.calls.map(({ problem }) => problem?.code)).toEqual([undefined, code]);
  },
);

test('a share for a backup that has no quorum is refused, not passed over', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const from = await scene.backup('s', { to: scene.path('plain.tar') });
  const failing = restored(scene, from, await sent(scene, split, 'alice'));
  await expect(failing).rejects.toMatchObject({ code: 'SHARE_FOREIGN' });
});

test('a session is an identity file for its owner only, and replaces nothing', async () => {
  await using scene = await openScene();
  const path = scene.path('session.txt');
  const { recipient } = await makeSession(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const never = async (): Promise<Secret> => await Promise.reject(new Error('it is not encrypted'));
  const { identities } = await openIdentityFile(await readFile(path), never);
  expect(identities.map((each) => String(each.recipient()))).toEqual([recipient]);
  await writeFile(path, 'mine');
  await expect(makeSession(path)).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  expect(await readFile(path, 'utf8')).toBe('mine');
});

/** A run of one custodian, and what it records. */
function recording(
  scene: Scene,
  factors = people(),
): { run: ReturnType<Scene['run']>; events: CatalogEvent[] } {
  const events: CatalogEvent[] = [];
  const recorder = {
    warnings: [],
    record: async (more: readonly CatalogEvent[]) => {
      events.push(...more);
    },
  };
  return { run: scene.run(factors, { recorder }), events };
}

test('a check shows that a share opens and fits, reveals nothing of it, and is recorded', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { alice } = split.identities;
  const { run, events } = recording(scene, people({ identities: alice ? [alice] : [] }));
  const report = await checkShare({ from: split.from, as: 'alice' }, run);
  expect(report).toMatchObject({ custodian: 'alice', envelope: 1, threshold: 2, shares: 3 });
  expect(events).toEqual([
    {
      action: 'custodian.check',
      outcome: 'ok',
      backup: report.id,
      secret: 'secret.json',
      custodian: 'alice',
      detail: { envelope: 1, set: report.set },
    },
  ]);
  const last =
    Buffer.from(await split.text('alice'))
      .toString()
      .trim()
      .split('\n')
      .at(-1) ?? '';
  expect(JSON.stringify({ report, events })).not.toContain(last);
});

test('a share that does not open is recorded with what it ended with', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { run, events } = recording(scene);
  const checking = checkShare({ from: split.from, as: 'bob' }, run);
  await expect(checking).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
  const contributing = contribute({ from: split.from, as: 'bob', to }, run);
  await expect(contributing).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
  expect(events.map(({ action, outcome, custodian }) => [action, outcome, custodian])).toEqual([
    ['custodian.check', 'FACTOR_MISSING', 'bob'],
    ['custodian.contribute', 'FACTOR_MISSING', 'bob'],
  ]);
});

test('the wrong custodian’s identity opens nobody else’s share', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { bob } = split.identities;
  const run = scene.run(people({ identities: bob ? [bob] : [] }));
  const checking = checkShare({ from: split.from, as: 'alice' }, run);
  await expect(checking).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
});

test('what is asked of a backup has to be there', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const run = scene.run(people());
  const plain = await scene.backup('s', { to: scene.path('plain.tar') });
  for (const [request, code] of [
    [{ from: split.from, as: 'mallory' }, 'CUSTODIAN_UNKNOWN'],
    [{ from: split.from, as: 'alice', envelope: 7 }, 'ENVELOPE_NOT_FOUND'],
    [{ from: plain, as: 'alice' }, 'ENVELOPE_NOT_FOUND'],
    [{ from: scene.path('gone'), as: 'alice' }, 'BACKUP_NOT_FOUND'],
  ] as const) {
    await expect(checkShare(request, run)).rejects.toMatchObject({ code });
  }
  const contributing = contribute({ from: split.from, as: 'alice', to: 'age1nobody' }, run);
  await expect(contributing).rejects.toMatchObject({ code: 'RECIPIENT_INVALID' });
});

test('a custodian with shares of two envelopes says which one', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { alice, bob } = split.identities;
  if (!alice || !bob) throw new Error('they have identities');
  const custodians = bookOf({
    alice: `recipient(${String(alice.recipient())})`,
    dave: `recipient(${String(generateIdentity().recipient())})`,
  });
  const run = scene.run(people({ identities: [alice, bob] }), { custodians });
  await changeEnvelopes({ path: split.from, add: ['quorum(2, alice, dave)'] }, run);
  const request = { from: split.from, as: 'alice' };
  await expect(checkShare(request, run)).rejects.toMatchObject({ code: 'USAGE' });
  expect(await checkShare({ ...request, envelope: 2 }, run)).toMatchObject({ envelope: 2 });
});

test('shares that were sent for one envelope do not keep another one from being opened by itself', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { alice, bob } = split.identities;
  if (!alice || !bob) throw new Error('they have identities');
  const run = scene.run(people({ identities: [alice, bob], passwords: { '': PASSWORD } }));
  await changeEnvelopes({ path: split.from, add: ['password'], workFactor: 2 }, run);
  const contributions = await sent(scene, split, 'alice', 'bob');
  await using handle = await open(split.from);
  const backup = await readBackupFile(handle);
  const factors = people({
    identities: [session],
    passwords: { '': PASSWORD },
    sent: contributions,
  });
  for (const [index, custodians] of [
    [1, ['alice', 'bob']],
    [2, []],
  ] as const) {
    const { opened } = await openEnvelopes(backup, { factors }, { only: [index] });
    expect(opened).toMatchObject([{ index, custodians }]);
  }
  const wrong = people({ identities: [session], sent: contributions });
  const failing = openEnvelopes(backup, { factors: wrong }, { only: [2] });
  await expect(failing).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
});
