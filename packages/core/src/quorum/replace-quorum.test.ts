import { copyFile, readFile } from 'node:fs/promises';
import { generateIdentity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { changeEnvelopes } from '../change-envelopes.ts';
import { restore } from '../restore.ts';
import { toFile } from '../targets/index.ts';
import { takeApart } from '../testing/forge.ts';
import { bookOf, people, type PeopleOptions } from '../testing/quorum-scene.ts';
import { openScene, PASSWORD, withPassword, type Scene } from '../testing/scene.ts';
import { splitBackup, type SplitBackup } from '../testing/split-backup.ts';
import { quorumsOf } from './judge.ts';

const dave = generateIdentity();

function bookWith({ identities }: SplitBackup): ReturnType<typeof bookOf> {
  const all = { ...identities, dave };
  return bookOf(
    Object.fromEntries(
      Object.entries(all).map(([name, identity]) => [
        name,
        `recipient(${String(identity.recipient())})`,
      ]),
    ),
  );
}

const own = (split: SplitBackup, ...names: string[]) =>
  names.flatMap((name) => (name === 'dave' ? [dave] : [split.identities[name] ?? dave]));

async function restored(scene: Scene, from: string, options: PeopleOptions): Promise<string> {
  const path = scene.path('back');
  await restore({ from, to: toFile(path) }, scene.run(people(options)));
  return await readFile(path, 'utf8');
}

const sets = async (path: string): Promise<{ set: string; predecessors: readonly string[] }> => {
  const [found] = quorumsOf((await takeApart(path)).manifest.envelopes);
  const { set = '', predecessors = [] } = found?.quorum ?? {};
  return { set, predecessors };
};

test('a custodian is replaced and k is changed; the payload stays, and former shares are told', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { from: path } = split;
  await copyFile(path, scene.path('old.tar'));
  const before = await takeApart(path);
  const run = scene.run(people({ identities: own(split, 'alice', 'bob') }), {
    custodians: bookWith(split),
  });
  const replace = { index: 1, expression: 'quorum(3, alice, bob, dave)' };
  const report = await changeEnvelopes({ path, replace }, run);
  expect(report).toMatchObject({ generation: 2, kept: [] });
  expect(report.envelopes).toEqual([
    { index: 1, factors: ['quorum'], expression: 'quorum(3, alice, bob, dave)' },
  ]);
  const after = await takeApart(path);
  expect(Buffer.compare(after.payload, before.payload)).toBe(0);
  expect((await sets(path)).predecessors).toEqual([(await sets(scene.path('old.tar'))).set]);

  const three = { identities: own(split, 'alice', 'bob', 'dave') };
  expect(await restored(scene, path, three)).toBe('the master secret');
  const two = restored(scene, path, { identities: own(split, 'alice', 'bob') });
  await expect(two).rejects.toMatchObject({ code: 'SHARES_MISSING' });
  // Carol, who is out of it, still has the share that the older copy gave her.
  const former = { from: 'carol.share', bytes: await splitText(scene.path('old.tar'), split) };
  const outdated = restored(scene, path, { ...three, sent: [former] });
  await expect(outdated).rejects.toMatchObject({
    code: 'SHARE_OUTDATED',
    message: expect.stringContaining('carol') as string,
  });
});

async function splitText(path: string, { identities }: SplitBackup): Promise<Uint8Array> {
  const { decrypt } = await import('@holdfast/age');
  const file = (await takeApart(path)).envelopes.get('envelopes/1/carol.age') ?? new Uint8Array();
  return await decrypt(file, identities['carol'] ? [identities['carol']] : []);
}

test('what a change cannot take back is said: old shares, old copies, and that a new secret is needed', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { from: path } = split;
  const older = scene.path('older.tar');
  await copyFile(path, older);
  const run = scene.run(people({ identities: own(split, 'alice', 'bob') }), {
    custodians: bookWith(split),
  });
  const replace = { index: 1, expression: 'quorum(2, alice, dave)' };
  const { warnings } = await changeEnvelopes({ path, replace }, run);
  expect(warnings.join('\n')).toMatch(/2 of the former shares of envelope 1[\s\S]*new secret/);
  // It is true: the older copy opens by the shares of those who are out.
  const identities = own(split, 'bob', 'carol');
  expect(await restored(scene, older, { identities })).toBe('the master secret');

  const added = await changeEnvelopes({ path: older, add: ['quorum(2, alice, dave)'] }, run);
  expect(added.warnings.join('\n')).toMatch(/older copies[\s\S]*new secret/);
  const removed = await changeEnvelopes({ path: older, remove: [1] }, run);
  expect(removed.warnings.join('\n')).toMatch(/former shares of envelope 1[\s\S]*new secret/);
});

test('sets that a quorum had are remembered, the newest first', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { from: path } = split;
  const custodians = bookWith(split);
  const run = scene.run(people({ identities: own(split, 'alice', 'bob', 'dave') }), { custodians });
  const known: string[] = [];
  for (const expression of ['quorum(2, alice, bob)', 'quorum(2, alice, bob, dave)']) {
    known.unshift((await sets(path)).set);
    await changeEnvelopes({ path, replace: { index: 1, expression } }, run);
    expect((await sets(path)).predecessors).toEqual(known);
  }
});

test('an envelope of another kind becomes a quorum and back, and the combiner comes and goes', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene, { to: 'other.tar' });
  const path = await scene.backup('the master secret');
  const run = scene.run(withPassword(PASSWORD), { custodians: bookWith(split) });
  const expression = 'quorum(2, alice, bob, carol)';
  await changeEnvelopes({ path, replace: { index: 1, expression } }, run);
  const identities = own(split, 'carol', 'alice');
  expect(await restored(scene, path, { identities })).toBe('the master secret');
  expect((await takeApart(path)).combiner).not.toBeNull();
  const factors = people({ identities, passwords: { '': PASSWORD } });
  const back = { path, replace: { index: 1, expression: 'password' }, workFactor: 2 };
  await changeEnvelopes(back, scene.run(factors));
  expect((await takeApart(path)).combiner).toBeNull();
  expect((await takeApart(path)).manifest).not.toHaveProperty('combiner');
});

test.each([
  [
    'an envelope that is not there',
    { index: 7, expression: 'quorum(2, alice, bob)' },
    'ENVELOPE_NOT_FOUND',
  ],
  ['a quorum of one', { index: 1, expression: 'quorum(1, alice, bob)' }, 'QUORUM_INVALID'],
  [
    'a custodian whom nobody knows',
    { index: 1, expression: 'quorum(2, alice, zoe)' },
    'CUSTODIAN_UNKNOWN',
  ],
])('%s changes nothing', async (_what, replace, code) => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const before = await readFile(split.from);
  const run = scene.run(people({ identities: own(split, 'alice', 'bob') }), {
    custodians: bookWith(split),
  });
  await expect(changeEnvelopes({ path: split.from, replace }, run)).rejects.toMatchObject({ code });
  expect(Buffer.compare(await readFile(split.from), before)).toBe(0);
});

test('too few custodians change nothing either', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const before = await readFile(split.from);
  const run = scene.run(people({ identities: own(split, 'alice') }), {
    custodians: bookWith(split),
  });
  const replace = { index: 1, expression: 'quorum(2, alice, bob)' };
  const changing = changeEnvelopes({ path: split.from, replace }, run);
  await expect(changing).rejects.toMatchObject({ code: 'SHARES_MISSING' });
  expect(Buffer.compare(await readFile(split.from), before)).toBe(0);
});
