import { readFile } from 'node:fs/promises';
import { encrypt, generateIdentity, type X25519Identity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { inspect } from '../inspect.ts';
import { restore } from '../restore.ts';
import { toFile } from '../targets/index.ts';
import { bookOf, people, type People, type PeopleOptions } from '../testing/quorum-scene.ts';
import { putTogether, takeApart } from '../testing/forge.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { verify } from '../verify.ts';
import { quorumsOf } from './judge.ts';

const PASSWORDS = {
  alice: 'stapler wombat orchid 1887 gravel',
  bob: 'lantern quarry bishop 4021 meadow',
  carol: 'tundra violin 77 pepper canoe',
  '': 'walnut harbour 5512 cobalt tram',
};
const BY_PASSWORD = bookOf({ alice: 'password', bob: 'password', carol: 'password' });
const QUORUM = 'quorum(2, alice, bob, carol)';

interface Backed {
  readonly scene: Scene;
  readonly from: string;
}

async function backedUp(scene: Scene, envelopes: readonly string[] = [QUORUM]): Promise<Backed> {
  const run = scene.run(people({ passwords: PASSWORDS }), { custodians: BY_PASSWORD });
  return { scene, from: await scene.backup('the master secret', { envelopes }, run) };
}

async function restored({ scene, from }: Backed, factors: People): Promise<string> {
  const to = scene.path('back');
  await restore({ from, to: toFile(to) }, scene.run(factors));
  return await readFile(to, 'utf8');
}

const at = (come: PeopleOptions['come'], more: PeopleOptions = {}): People =>
  people({ passwords: PASSWORDS, ...more, come: come ?? [] });

test.each([[['alice', 'bob']], [['bob', 'alice']], [['carol', 'alice']], [['bob', 'carol']]])(
  '%j come to the terminal, and that restores the secret',
  async (come) => {
    await using scene = await openScene();
    const factors = at(come);
    expect(await restored(await backedUp(scene), factors)).toBe('the master secret');
    // Nobody is asked who is not needed.
    expect(factors.asked).toEqual(come);
    expect(factors.calls.map(({ have }) => have)).toEqual([[], come.slice(0, 1)]);
    expect(factors.calls[1]?.candidates.map(({ name }) => name)).toEqual(
      ['alice', 'bob', 'carol'].filter((name) => name !== come[0]),
    );
  },
);

test('one custodian is not enough, and the message says how many there are and who is to come', async () => {
  await using scene = await openScene();
  const failing = restored(await backedUp(scene), at(['bob']));
  await expect(failing).rejects.toMatchObject({
    code: 'SHARES_MISSING',
    message: '1 of 2 shares: bob; to come: alice, carol',
  });
});

test('without anybody to ask, nothing opens', async () => {
  await using scene = await openScene();
  const { custodian: _, ...nobody } = at([]);
  const failing = restored(await backedUp(scene), { ...nobody, calls: [], asked: [] });
  await expect(failing).rejects.toMatchObject({ code: 'SHARES_MISSING' });
});

test('a wrong password, a name twice and an unknown name cost no share that is there', async () => {
  await using scene = await openScene();
  const factors = at(['alice', 'alice', 'mallory', 'bob', 'carol'], {
    passwords: { ...PASSWORDS, bob: 'not the one' },
  });
  expect(await restored(await backedUp(scene), factors)).toBe('the master secret');
  expect(factors.calls.map(({ problem }) => problem?.code ?? null)).toEqual([
    null,
    null,
    'SHARE_DUPLICATE',
    'CUSTODIAN_UNKNOWN',
    'WRONG_PASSWORD',
  ]);
  expect(factors.calls.at(-1)?.have).toEqual(['alice']);
});

test('passwords that were given beforehand open shares without asking anybody', async () => {
  await using scene = await openScene();
  const factors = at([], { given: ['alice', 'carol'] });
  expect(await restored(await backedUp(scene), factors)).toBe('the master secret');
  expect(factors.calls).toEqual([]);
});

test('a wrong password that was given beforehand is named when the quorum is not had', async () => {
  await using scene = await openScene();
  const passwords = { ...PASSWORDS, alice: 'not the one' };
  const failing = restored(await backedUp(scene), at([], { passwords, given: ['alice', 'bob'] }));
  await expect(failing).rejects.toMatchObject({
    code: 'WRONG_PASSWORD',
    message: expect.stringContaining('alice') as string,
  });
});

test('another envelope opens the backup without the custodians', async () => {
  await using scene = await openScene();
  const factors = at(['alice', 'bob']);
  const backed = await backedUp(scene, ['password', QUORUM]);
  expect(await restored(backed, factors)).toBe('the master secret');
  expect(factors.calls).toEqual([]);
});

test('custodians open what the password at hand does not', async () => {
  await using scene = await openScene();
  const factors = at(['alice', 'bob'], { passwords: { ...PASSWORDS, '': 'not the one' } });
  const backed = await backedUp(scene, ['password', QUORUM]);
  expect(await restored(backed, factors)).toBe('the master secret');
});

test('of several quorums, the custodians of any one are enough', async () => {
  await using scene = await openScene();
  const run = scene.run(people({ passwords: PASSWORDS }), { custodians: BY_PASSWORD });
  const envelopes = ['quorum(2, alice, bob)', 'quorum(2, bob, carol)'];
  const from = await scene.backup('the master secret', { envelopes }, run);
  // The first question is about the first envelope: Enter goes on to the next.
  const factors = at(['bob', 'carol']);
  const passes: typeof factors = {
    ...factors,
    custodian: async (call) =>
      (call.envelope === 1 ? null : await factors.custodian?.(call)) ?? null,
  };
  expect(await restored({ scene, from }, passes)).toBe('the master secret');
});

interface Recipients extends Backed {
  readonly identities: Readonly<Record<'alice' | 'bob' | 'carol', X25519Identity>>;
}

async function backedUpForRecipients(scene: Scene): Promise<Recipients> {
  const identities = {
    alice: generateIdentity(),
    bob: generateIdentity(),
    carol: generateIdentity(),
  };
  const custodians = bookOf({
    alice: `recipient(${String(identities.alice.recipient())})`,
    bob: `recipient(${String(identities.bob.recipient())})`,
    carol: `recipient(${String(identities.carol.recipient())}) + password`,
  });
  const run = scene.run(people({ passwords: PASSWORDS }), { custodians });
  const from = await scene.backup('the master secret', { envelopes: [QUORUM] }, run);
  return { scene, from, identities };
}

test('identities at hand open shares without a person', async () => {
  await using scene = await openScene();
  const { identities, ...backed } = await backedUpForRecipients(scene);
  const factors = at([], { identities: [identities.bob, identities.alice] });
  expect(await restored(backed, factors)).toBe('the master secret');
  expect(factors.calls).toEqual([]);
});

test('an identity and a person make a quorum together, and both of a custodian’s factors are needed', async () => {
  await using scene = await openScene();
  const { identities, ...backed } = await backedUpForRecipients(scene);
  const factors = at(['carol'], { identities: [identities.alice, identities.carol] });
  expect(await restored(backed, factors)).toBe('the master secret');
  const without = at(['carol'], { identities: [identities.alice] });
  await expect(restored(backed, without)).rejects.toMatchObject({ code: 'SHARES_MISSING' });
  expect(without.calls.at(-1)?.problem?.code).toBe('FACTOR_MISSING');
});

test('verify opens a quorum with the identities at hand', async () => {
  await using scene = await openScene();
  const { identities, from } = await backedUpForRecipients(scene);
  const factors = at([], { identities: [identities.alice, identities.bob] });
  const found = await verify({ from, withFactors: true }, scene.run(factors));
  expect(found).toMatchObject({ opened: [1], notOpened: [], failures: [] });
});

test('inspect shows a quorum as it was written', async () => {
  await using scene = await openScene();
  const { from } = await backedUp(scene);
  const { envelopes } = await inspect(from, scene.run().instance);
  expect(envelopes).toEqual([{ index: 1, factors: ['quorum'], expression: QUORUM }]);
});

test('a backup without a quorum has no combiner, and one with a quorum has', async () => {
  await using scene = await openScene();
  const { from } = await backedUp(scene, ['password']);
  expect(await takeApart(from)).toMatchObject({ combiner: null });
  await using other = await openScene();
  const withQuorum = await takeApart((await backedUp(other)).from);
  expect(Buffer.from(withQuorum.combiner ?? []).toString()).toContain('def combine(');
  expect([...withQuorum.envelopes.keys()]).toEqual(
    ['alice', 'bob', 'carol'].map((name) => `envelopes/1/${name}.age`),
  );
});

test('a discreet backup names no custodian, but whoever makes it is told who is who', async () => {
  await using scene = await openScene();
  const alice = generateIdentity();
  const bob = generateIdentity();
  const custodians = bookOf({
    alice: `recipient(${String(alice.recipient())})`,
    bob: `recipient(${String(bob.recipient())})`,
  });
  const run = scene.run(people(), { custodians });
  const options = { envelopes: ['quorum(2, bob, alice)'], discreet: true };
  const from = await scene.backup('the master secret', options, run);
  const bytes = await readFile(from, 'latin1');
  for (const told of ['alice', 'bob', String(alice.recipient())]) expect(bytes).not.toContain(told);
  const { envelopes } = await inspect(from, run.instance);
  expect(envelopes[0]?.expression).toBe('quorum(2, 1, 2)');
  const factors = at([], { identities: [alice, bob] });
  expect(await restored({ scene, from }, factors)).toBe('the master secret');
});

test('shares that were swapped by whoever signed the file are named', async () => {
  await using scene = await openScene();
  const { identities, from } = await backedUpForRecipients(scene);
  const parts = await takeApart(from);
  const share = (name: string): string => `envelopes/1/${name}.age`;
  // Alice’s file now holds the share of Bob, sealed for Alice.
  const [quorum] = quorumsOf(parts.manifest.envelopes);
  expect(quorum?.quorum.custodians).toHaveLength(3);
  const { decrypt } = await import('@holdfast/age');
  const bobs = await decrypt(parts.envelopes.get(share('bob')) ?? new Uint8Array(), [
    identities.bob,
  ]);
  parts.envelopes.set(share('alice'), await encrypt(bobs, [identities.alice.recipient()]));
  await putTogether(from, parts, await scene.run().instance.signer());
  const failing = restored({ scene, from }, at([], { identities: [identities.alice] }));
  await expect(failing).rejects.toMatchObject({
    code: 'SHARE_INVALID',
    message: expect.stringContaining('alice') as string,
  });
});

test('a share that is no age file any more is named, and the others stand', async () => {
  await using scene = await openScene();
  const { identities, from } = await backedUpForRecipients(scene);
  const parts = await takeApart(from);
  parts.envelopes.set('envelopes/1/alice.age', Buffer.from('nothing'));
  await putTogether(from, parts, await scene.run().instance.signer());
  const factors = at(['carol'], { identities: Object.values(identities) });
  expect(await restored({ scene, from }, factors)).toBe('the master secret');
  const alone = at([], { identities: [identities.alice] });
  await expect(restored({ scene, from }, alone)).rejects.toMatchObject({ code: 'SHARE_INVALID' });
});

test.each<[string, Record<string, string>, string, string]>([
  [
    'a custodian whom nobody knows',
    { alice: 'password' },
    'quorum(2, alice, bob)',
    'CUSTODIAN_UNKNOWN',
  ],
  [
    'a custodian who would be a quorum',
    { alice: 'password', bob: 'quorum(2, a, b)' },
    'quorum(2, alice, bob)',
    'ENVELOPE_INVALID',
  ],
  [
    'a weak password of a custodian',
    { alice: 'password', weak: 'password' },
    'quorum(2, alice, weak)',
    'PASSWORD_WEAK',
  ],
  [
    'an empty password of a custodian',
    { alice: 'password', none: 'password' },
    'quorum(2, alice, none)',
    'PASSWORD_EMPTY',
  ],
])('%s ends it before anything is written', async (_what, book, expression, code) => {
  await using scene = await openScene();
  const passwords = { ...PASSWORDS, weak: 'password1', none: '' };
  const run = scene.run(people({ passwords }), { custodians: bookOf(book) });
  const making = scene.backup('s', { envelopes: [expression] }, run);
  await expect(making).rejects.toMatchObject({ code });
  await expect(readFile(scene.path('out.tar'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the hint may not give away the password of a custodian', async () => {
  await using scene = await openScene();
  const run = scene.run(people({ passwords: PASSWORDS }), { custodians: BY_PASSWORD });
  const making = scene.backup('s', { envelopes: [QUORUM], hint: PASSWORDS.carol }, run);
  await expect(making).rejects.toMatchObject({ code: 'HINT_REVEALS_PASSWORD' });
});

test('a run that knows no custodians makes no quorum', async () => {
  await using scene = await openScene();
  const making = scene.backup('s', { envelopes: [QUORUM] }, scene.run(people()));
  await expect(making).rejects.toMatchObject({ code: 'CUSTODIAN_UNKNOWN' });
});
