import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspect } from '../inspect.ts';
import { openScene, PASSWORD, withPassword } from '../testing/scene.ts';
import { EC, openDesk, openTokenScene, type Desk } from '../testing/token-scene.ts';
import type { Policy } from './policy.ts';

const timeout = 60_000;
const ON_LAB = 'token(pkcs11:token=lab;object=kek)';
const CUSTODIANS = {
  find: async (name: string) => await Promise.resolve({ name, factors: 'password' }),
};

let lab: Desk;

beforeAll(async () => {
  lab = await openDesk('lab', EC);
}, timeout);

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
}, timeout);

function policy(more: Partial<Policy>): Policy {
  return {
    ...{ name: 'gold', envelopes: ['password'], requireToken: false, copies: 1, maxAge: null },
    ...{ drillEvery: null, checkCustodiansEvery: null, independentRecovery: true, waive: [] },
    ...more,
  };
}

test('a policy that asks for tokens refuses an envelope without one, before anything is made', async () => {
  await using scene = await openScene();
  const gold = policy({ requireToken: true });
  await expect(scene.backup('s', { policy: gold })).rejects.toMatchObject({
    code: 'TOKEN_REQUIRED',
  });
  await expect(stat(scene.path('out.tar'))).rejects.toThrow();
});

test('one token for all is refused, and waived by name it is told', { timeout }, async () => {
  await using scene = await openTokenScene();
  const envelopes = [ON_LAB];
  await expect(
    scene.backup('s', { envelopes, policy: policy({}) }, scene.at(lab)),
  ).rejects.toMatchObject({ code: 'SINGLE_POINT_OF_FAILURE' });
  const waive = ['single-point-of-failure'] as const;
  const path = await scene.backup('s', { envelopes, policy: policy({ waive }) }, scene.at(lab));
  expect((await inspect(path, scene.run().instance)).waivers).toEqual(waive);
});

test(
  'custodians who are all needed are refused, and waived by name it is told',
  { timeout },
  async () => {
    await using scene = await openScene();
    const run = scene.run(withPassword(PASSWORD), { custodians: CUSTODIANS });
    const all = { envelopes: ['quorum(2, ann, ben)'] };
    await expect(scene.backup('s', { ...all, policy: policy({}) }, run)).rejects.toMatchObject({
      code: 'POLICY_VIOLATED',
    });
    await expect(stat(scene.path('out.tar'))).rejects.toThrow();
    const spare = { envelopes: ['quorum(2, ann, ben, cleo)'], policy: policy({}) };
    const path = await scene.backup('s', spare, run);
    expect((await inspect(path, run.instance)).waivers).toEqual([]);
    const accepted = { ...all, policy: policy({ independentRecovery: false }), overwrite: true };
    await scene.backup('s', accepted, run);
    expect((await inspect(path, run.instance)).waivers).toEqual(['single-point-of-failure']);
    // Without a policy, nobody asked for it.
    await scene.backup('s', { ...all, overwrite: true }, run);
    expect((await inspect(path, run.instance)).waivers).toEqual([]);
  },
);
