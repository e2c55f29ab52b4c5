import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeEnvelopes, type EnvelopeChange } from './change-envelopes.ts';
import { inspect } from './inspect.ts';
import { takeApart } from './testing/forge.ts';
import { PASSWORD, withIdentities, withPassword } from './testing/scene.ts';
import {
  EC,
  openDesk,
  openTokenScene,
  person,
  type Desk,
  type TokenScene,
} from './testing/token-scene.ts';
import { verify } from './verify.ts';

const NEW_PASSWORD = 'lantern quarry bishop 4021 meadow';
const timeout = 60_000;
const ON_LAB = 'token(pkcs11:token=lab;object=kek)';
const cheap = { workFactor: 2 };

let lab: Desk;
let spare: Desk;

beforeAll(async () => {
  lab = await openDesk('lab', EC, { label: 'aes', id: '02', kind: 'aes' });
  spare = await openDesk('spare', EC);
}, timeout);

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await spare[Symbol.asyncDispose]();
}, timeout);

async function change(
  scene: TokenScene,
  request: Omit<EnvelopeChange, 'path'>,
  run = scene.at(lab),
): ReturnType<typeof changeEnvelopes> {
  return await changeEnvelopes({ path: scene.path('out.tar'), ...cheap, ...request }, run);
}

async function waiversOf(scene: TokenScene): Promise<readonly string[]> {
  return (await inspect(scene.path('out.tar'), scene.run().instance)).waivers;
}

test(
  'taking away the last envelope that does without the token takes a waiver',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const path = await scene.backup('s', { envelopes: ['password', ON_LAB] }, scene.at(lab));
    const before = await readFile(path);
    const without = scene.run(withIdentities());
    await expect(change(scene, { remove: [1] }, without)).rejects.toMatchObject({
      code: 'SINGLE_POINT_OF_FAILURE',
    });
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
    const allowed = { remove: [1], allowSinglePointOfFailure: true };
    const report = await change(scene, allowed, without);
    expect(report.waivers).toEqual(['single-point-of-failure']);
    expect(await waiversOf(scene)).toEqual(['single-point-of-failure']);
    const { readme } = await takeApart(path);
    expect(Buffer.from(readme).toString()).toContain('NO WAY AROUND');
    // A second token envelope of the same token changes nothing; a password ends it.
    await change(scene, { add: ['token(pkcs11:token=lab;object=aes)'] });
    expect(await waiversOf(scene)).toEqual(['single-point-of-failure']);
    expect((await change(scene, { add: ['password'] })).waivers).toEqual([]);
    const again = await takeApart(path);
    expect(Buffer.from(again.readme).toString()).not.toContain('NO WAY AROUND');
  },
);

test('a token opens a backup that is to get another envelope', { timeout }, async () => {
  await using scene = await openTokenScene();
  await scene.backup('s', { envelopes: [ON_LAB, 'password'] }, scene.at(lab));
  const pins = person();
  const factors = { ...withPassword('', NEW_PASSWORD), password: async () => null };
  await change(scene, { add: ['password'] }, scene.at(lab, { pins, factors }));
  expect(pins.asked.length).toBe(1);
  const opened = await verify(
    { from: scene.path('out.tar'), withFactors: true },
    scene.run(withPassword(NEW_PASSWORD)),
  );
  expect(opened.opened).toEqual([3]);
});

test(
  'a changed password keeps its token, also where that is a secret key',
  { timeout },
  async () => {
    for (const object of ['kek', 'aes']) {
      await using scene = await openTokenScene();
      const envelopes = [`password + token(pkcs11:token=lab;object=${object})`, ON_LAB];
      const path = await scene.backup(
        's',
        { envelopes, allowSinglePointOfFailure: true },
        scene.at(lab),
      );
      const before = await takeApart(path);
      const run = scene.at(lab, { factors: withPassword(PASSWORD, NEW_PASSWORD) });
      const report = await change(scene, { replacePassword: true }, run);
      expect(report).toMatchObject({ kept: [2], waivers: ['single-point-of-failure'] });
      const after = await takeApart(path);
      expect(after.manifest.envelopes[0]?.factors).toEqual(before.manifest.envelopes[0]?.factors);
      const withNew = scene.at(lab, { factors: withPassword(NEW_PASSWORD) });
      const checked = await verify({ from: path, withFactors: true }, withNew);
      expect(checked.opened).toEqual([1, 2]);
    }
  },
);

test(
  'the password of a discreet backup with a token cannot be changed, and nothing is asked anew',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const rules = { discreet: true, allowSinglePointOfFailure: true };
    await scene.backup('s', { envelopes: [`password + ${ON_LAB}`], ...rules }, scene.at(lab));
    await expect(change(scene, { replacePassword: true })).rejects.toMatchObject({
      code: 'ENVELOPE_INVALID',
    });
  },
);

test(
  'where only envelopes without a password are left, there is no password to change',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const rules = { allowSinglePointOfFailure: true };
    await scene.backup('s', { envelopes: [ON_LAB], ...rules }, scene.at(lab));
    const pins = person();
    await expect(
      change(scene, { replacePassword: true }, scene.at(lab, { pins })),
    ).rejects.toMatchObject({
      code: 'ENVELOPE_NOT_FOUND',
    });
    expect(pins.asked).toEqual([]);
  },
);

test('a rule that takes a token counts the envelopes that stay', { timeout }, async () => {
  await using scene = await openTokenScene();
  await scene.backup('s', { envelopes: ['password', ON_LAB] }, scene.at(lab));
  const rules = { requireToken: true, allowSinglePointOfFailure: true };
  await expect(change(scene, { ...rules, hint: 'x' })).rejects.toMatchObject({
    code: 'TOKEN_REQUIRED',
  });
  expect((await change(scene, { ...rules, remove: [1] })).envelopes.length).toBe(1);
});

test('a lost token is taken out, and the backup stays open to the other', { timeout }, async () => {
  await using scene = await openTokenScene();
  {
    await using tokens = scene.at(spare).tokens!;
    await (await tokens.open()).enroll('spare-hsm', 'pkcs11:token=spare;object=kek');
  }
  const path = await scene.backup(
    's',
    { envelopes: [ON_LAB, 'token(spare-hsm)', 'token(spare-hsm) + password'] },
    scene.at(lab),
  );
  const removal = change(scene, { remove: [1] }, scene.at(spare));
  await expect(removal).rejects.toMatchObject({ code: 'SINGLE_POINT_OF_FAILURE' });
  await change(scene, { remove: [1], add: ['password'] }, scene.at(spare));
  expect(await waiversOf(scene)).toEqual([]);
  const checked = await verify({ from: path, withFactors: true }, scene.at(spare));
  expect(checked.opened).toEqual([2, 3, 4]);
});
