import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { restore } from '../restore.ts';
import { toFile } from '../targets/index.ts';
import { bookOf, people, type People } from '../testing/quorum-scene.ts';
import {
  EC,
  openDesk,
  openTokenScene,
  person,
  type Desk,
  type TokenScene,
} from '../testing/token-scene.ts';
import { checkShare } from './check-share.ts';

const PASSWORDS = {
  alice: 'stapler wombat orchid 1887 gravel',
  bob: 'lantern quarry bishop 4021 meadow',
};
const KEK = 'token(pkcs11:object=kek)';

/** Alice has a token and a password, Bob a password, Carol a token: that of the desk. */
async function backedUp(
  scene: TokenScene,
  desk: Desk,
  book: Record<string, string>,
  allowSinglePointOfFailure = false,
): Promise<string> {
  const run = {
    ...scene.at(desk, { factors: people({ passwords: PASSWORDS }) }),
    custodians: bookOf(book),
  };
  const envelopes = [`quorum(2, ${Object.keys(book).join(', ')})`];
  const options = { envelopes, allowSinglePointOfFailure };
  return await scene.backup('the master secret', options, run);
}

async function restored(
  scene: TokenScene,
  desk: Desk,
  from: string,
  factors: People,
  pins = person(),
): Promise<string> {
  const to = scene.path('back');
  await restore({ from, to: toFile(to) }, scene.at(desk, { factors, pins }));
  return await readFile(to, 'utf8');
}

test('a token and a password of two custodians make a quorum', { timeout: 60_000 }, async () => {
  await using scene = await openTokenScene();
  await using desk = await openDesk('carols', EC);
  const from = await backedUp(scene, desk, { bob: 'password', carol: KEK }, true);
  const factors = people({ passwords: PASSWORDS, come: ['carol', 'bob'] });
  const pins = person();
  expect(await restored(scene, desk, from, factors, pins)).toBe('the master secret');
  expect(pins.asked).toHaveLength(1);
});

test('a token nests outside the password of its custodian', { timeout: 60_000 }, async () => {
  await using scene = await openTokenScene();
  await using desk = await openDesk('alices', EC);
  await using other = await openDesk('others', EC);
  const from = await backedUp(scene, desk, { alice: `password + ${KEK}`, bob: 'password' }, true);
  const factors = people({ passwords: PASSWORDS, come: ['alice', 'bob'] });
  expect(await restored(scene, desk, from, factors)).toBe('the master secret');
  // Without her token, her password is not even asked for; the share of Bob stands.
  const without = people({ passwords: PASSWORDS, come: ['bob', 'alice'] });
  const failing = restored(scene, other, from, without);
  await expect(failing).rejects.toMatchObject({ code: 'SHARES_MISSING' });
  expect(without.asked).toEqual(['bob']);
  expect(without.calls.at(-1)).toMatchObject({
    have: ['bob'],
    problem: { code: 'TOKEN_NOT_FOUND' },
  });
});

test('a wrong PIN costs one try and no share that is there', { timeout: 60_000 }, async () => {
  await using scene = await openTokenScene();
  await using desk = await openDesk('carols', EC);
  const from = await backedUp(scene, desk, { alice: 'password', bob: 'password', carol: KEK });
  const factors = people({ passwords: PASSWORDS, come: ['alice', 'carol', 'bob'] });
  const pins = person('000000');
  expect(await restored(scene, desk, from, factors, pins)).toBe('the master secret');
  expect(pins.asked).toHaveLength(1);
  expect(factors.calls.at(-1)).toMatchObject({
    have: ['alice'],
    problem: { code: 'PIN_INCORRECT' },
  });
});

test(
  'a PIN that was given beforehand opens a share without asking anybody',
  { timeout: 60_000 },
  async () => {
    await using scene = await openTokenScene();
    await using desk = await openDesk('carols', EC);
    const from = await backedUp(scene, desk, { bob: 'password', carol: KEK }, true);
    const factors = people({ passwords: PASSWORDS, given: ['bob'], hasPin: true });
    expect(await restored(scene, desk, from, factors)).toBe('the master secret');
    expect(factors.calls).toEqual([]);
    // Without one, no PIN is spent before somebody is named.
    const pins = person();
    const failing = restored(
      scene,
      desk,
      from,
      people({ passwords: PASSWORDS, given: ['bob'] }),
      pins,
    );
    await expect(failing).rejects.toMatchObject({ code: 'SHARES_MISSING' });
    expect(pins.asked).toEqual([]);
  },
);

test(
  'two custodians with one token are refused, and one token for all is a single point of failure',
  { timeout: 60_000 },
  async () => {
    await using scene = await openTokenScene();
    await using desk = await openDesk('shared', EC, { ...EC, label: 'other', id: '02' });
    const twice = backedUp(scene, desk, { alice: KEK, bob: 'token(pkcs11:object=other)' });
    await expect(twice).rejects.toMatchObject({ code: 'QUORUM_INVALID' });
    const needed = backedUp(scene, desk, { bob: 'password', carol: KEK });
    await expect(needed).rejects.toMatchObject({ code: 'SINGLE_POINT_OF_FAILURE' });
  },
);

test('a share on a token is checked with its PIN', { timeout: 60_000 }, async () => {
  await using scene = await openTokenScene();
  await using desk = await openDesk('carols', EC);
  const from = await backedUp(scene, desk, { alice: 'password', bob: 'password', carol: KEK });
  const report = await checkShare({ from, as: 'carol' }, scene.at(desk, { factors: people() }));
  expect(report).toMatchObject({ custodian: 'carol', threshold: 2, shares: 3 });
});
