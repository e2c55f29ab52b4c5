import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { generateIdentity } from '@holdfast/age';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backup, type BackupRequest } from './backup.ts';
import { inspect } from './inspect.ts';
import type { FactorSource } from './ports.ts';
import { restore } from './restore.ts';
import type { Run } from './run.ts';
import { sourceFromFile } from './sources/index.ts';
import { toFile } from './targets/index.ts';
import { putTogether, takeApart } from './testing/forge.ts';
import { PASSWORD, withIdentities, withPassword } from './testing/scene.ts';
import {
  EC,
  openDesk,
  openTokenScene,
  person,
  type Desk,
  type SoftHsmKey,
  type TokenScene,
} from './testing/token-scene.ts';
import { verify } from './verify.ts';

const KEYS: SoftHsmKey[] = [
  EC,
  { label: 'rsa', id: '02', kind: 'rsa' },
  { label: 'aes', id: '03', kind: 'aes' },
  { label: 'mac', id: '04', kind: 'hmac' },
  { label: 'loose', id: '05', kind: 'p256', extractable: true },
  {
    label: 'twin',
    id: '06',
    kind: 'p256',
    imported: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  },
];
const timeout = 60_000;
const noPassword = withIdentities();

let lab: Desk;
let spare: Desk;

beforeAll(async () => {
  lab = await openDesk('lab', ...KEYS);
  spare = await openDesk('spare', EC);
}, timeout);

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await spare[Symbol.asyncDispose]();
}, timeout);

const on = (desk: Desk, object = 'kek'): string =>
  `token(pkcs11:token=${desk.token.label};object=${object})`;

async function seal(scene: TokenScene, run: Run, more: Partial<BackupRequest>): Promise<string> {
  return await scene.backup('the master secret', more, run);
}

async function opened(scene: TokenScene, from: string, run: Run): Promise<string> {
  const to = scene.path(`back-${String(Math.random()).slice(2)}`);
  await restore({ from, to: toFile(to) }, run);
  return await readFile(to, 'utf8');
}

test.each(['kek', 'rsa', 'aes', 'mac'])(
  'a backup for the key %s on a token is restored with one PIN, and says that it is a single point of failure',
  { timeout },
  async (object) => {
    await using scene = await openTokenScene();
    const envelopes = [on(lab, object)];
    const alone = seal(scene, scene.at(lab), { envelopes });
    await expect(alone).rejects.toMatchObject({ code: 'SINGLE_POINT_OF_FAILURE' });
    const from = await seal(scene, scene.at(lab), { envelopes, allowSinglePointOfFailure: true });
    const { waivers, envelopes: found } = await inspect(from, scene.run().instance);
    expect(waivers).toEqual(['single-point-of-failure']);
    expect(found[0]?.expression).toContain(`token(pkcs11:token=lab;serial=${lab.token.serial};`);
    const pins = person();
    const run = scene.at(lab, { pins, factors: noPassword });
    expect(await opened(scene, from, run)).toBe('the master secret');
    expect(pins.asked.length).toBe(1);
  },
);

test('sealing to a public key on a token takes no PIN', { timeout }, async () => {
  await using scene = await openTokenScene();
  const pins = person(null);
  await seal(scene, scene.at(lab, { pins }), { envelopes: ['password', on(lab)] });
  expect(pins.asked).toEqual([]);
});

test('a password and a token are both needed, the token outermost', { timeout }, async () => {
  await using scene = await openTokenScene();
  const envelopes = [`password + ${on(lab)}`, on(spare)];
  const sealing = seal(scene, scene.at(lab), { envelopes });
  await expect(sealing).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  const from = await seal(scene, scene.at(lab), {
    envelopes: envelopes.slice(0, 1),
    allowSinglePointOfFailure: true,
  });
  const { manifest } = await takeApart(from);
  expect(manifest.envelopes[0]?.factors.map(({ kind }) => kind)).toEqual(['token', 'password']);
  expect(await opened(scene, from, scene.at(lab))).toBe('the master secret');
  const withoutToken = opened(scene, from, scene.at(spare));
  await expect(withoutToken).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  const withoutPassword = opened(scene, from, scene.at(lab, { factors: noPassword }));
  await expect(withoutPassword).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
  const wrong = opened(scene, from, scene.at(lab, { factors: withPassword('wrong') }));
  await expect(wrong).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
});

/** Two tokens are never on one desk here: the second is enrolled, and need not be there. */
async function enrolled(scene: TokenScene, desk: Desk, alias: string): Promise<void> {
  await using tokens = scene.at(desk).tokens!;
  const open = await tokens.open();
  await open.enroll(alias, `pkcs11:token=${desk.token.label};object=kek`);
}

test(
  'of two tokens either one opens the backup, and none is a single point of failure',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    await enrolled(scene, spare, 'spare-hsm');
    const envelopes = [on(lab), 'token(spare-hsm)'];
    const from = await seal(scene, scene.at(lab), { envelopes });
    expect(await inspect(from, scene.run().instance)).toMatchObject({ waivers: [] });
    for (const desk of [lab, spare]) {
      const run = scene.at(desk, { factors: noPassword });
      expect(await opened(scene, from, run)).toBe('the master secret');
    }
    const run = scene.at(spare, { factors: noPassword });
    expect(await verify({ from, withFactors: true }, run)).toMatchObject({
      opened: [2],
      notOpened: [1],
      failures: [],
    });
  },
);

test('one key under two names counts once', { timeout }, async () => {
  await using scene = await openTokenScene();
  await enrolled(scene, lab, 'other-name');
  const sealing = seal(scene, scene.at(lab), { envelopes: [on(lab), 'token(other-name)'] });
  await expect(sealing).rejects.toMatchObject({ code: 'SINGLE_POINT_OF_FAILURE' });
});

test('a discreet backup names no token, and opens with it', { timeout }, async () => {
  await using scene = await openTokenScene();
  const from = await seal(scene, scene.at(lab), {
    envelopes: [on(lab)],
    discreet: true,
    allowSinglePointOfFailure: true,
  });
  const { manifest, readme } = await takeApart(from);
  expect(manifest.envelopes[0]?.factors).toEqual([{ kind: 'token', token: null, identity: null }]);
  expect(Buffer.from(readme).toString()).not.toContain(lab.token.serial);
  expect((await readFile(from)).includes(lab.token.serial)).toBe(false);
  const run = scene.at(lab, { factors: noPassword });
  expect(await opened(scene, from, run)).toBe('the master secret');
});

test('swapped envelopes of one token are noticed', { timeout }, async () => {
  await using scene = await openTokenScene();
  const from = await seal(scene, scene.at(lab), {
    envelopes: [on(lab), on(lab, 'rsa')],
    allowSinglePointOfFailure: true,
  });
  const parts = await takeApart(from);
  const [first, second] = [...parts.envelopes.values()];
  parts.envelopes = new Map([
    ['envelopes/1.age', second!],
    ['envelopes/2.age', first!],
  ]);
  await putTogether(from, parts, await scene.run().instance.signer());
  const run = scene.at(lab, { factors: noPassword });
  await expect(opened(scene, from, run)).rejects.toMatchObject({ code: 'PARTS_MISMATCH' });
});

test(
  'the right token with another key in place of the right one is told before a PIN is asked for',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    await using desk = await openDesk('changed', EC);
    const from = await seal(scene, scene.at(desk), {
      envelopes: [on(desk)],
      allowSinglePointOfFailure: true,
    });
    await using later = await openDesk('changed', EC);
    const parts = await takeApart(from);
    const [entry] = parts.manifest.envelopes;
    const [factor] = entry!.factors;
    if (factor?.kind !== 'token' || factor.token === null) throw new Error('it names its token');
    // The same token, emptied and given a new key under the old name.
    const token = { ...factor.token, token: { label: 'changed', serial: later.token.serial } };
    const envelopes = [{ ...entry!, factors: [{ ...factor, token }] }];
    parts.manifest = { ...parts.manifest, envelopes };
    await putTogether(from, parts, await scene.run().instance.signer());
    const pins = person();
    const run = scene.at(later, { pins, factors: noPassword });
    await expect(opened(scene, from, run)).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    expect(pins.asked).toEqual([]);
  },
);

test(
  'where the token is gone, the password is asked for, and nobody waits',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const from = await seal(scene, scene.at(lab), { envelopes: [on(lab), 'password'] });
    const pins = person();
    const factors: FactorSource = {
      ...withPassword(PASSWORD),
      waitForToken: async () => await Promise.reject(new Error('nobody should wait')),
    };
    expect(await opened(scene, from, scene.at(spare, { pins, factors }))).toBe('the master secret');
    expect(pins.asked).toEqual([]);
  },
);

test(
  'a password that takes no person goes before a token that takes one',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const from = await seal(scene, scene.at(lab), { envelopes: [on(lab), 'password'] });
    const pins = person();
    const factors = { ...withPassword(PASSWORD), hasPassword: async () => true };
    expect(await opened(scene, from, scene.at(lab, { pins, factors }))).toBe('the master secret');
    expect(pins.asked).toEqual([]);
    const wrong = { ...withPassword('wrong'), hasPassword: async () => true };
    const run = scene.at(lab, { pins, factors: wrong });
    expect(await opened(scene, from, run)).toBe('the master secret');
    expect(pins.asked.length).toBe(1);
  },
);

test(
  'a wrong PIN is tried once, whatever number of envelopes that token has',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    await using desk = await openDesk('lab', EC, { label: 'rsa', id: '02', kind: 'rsa' });
    const envelopes = [on(desk), on(desk, 'rsa'), `password + ${on(desk)}`];
    const from = await seal(scene, scene.at(desk), { envelopes, allowSinglePointOfFailure: true });
    const pins = person('654321');
    const run = scene.at(desk, { pins, factors: noPassword });
    await expect(opened(scene, from, run)).rejects.toMatchObject({ code: 'PIN_INCORRECT' });
    expect(pins.asked.length).toBe(1);
  },
);

test(
  'a wrong PIN keeps no password envelope closed, and verify tells of it',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    await using desk = await openDesk('lab', EC);
    const from = await seal(scene, scene.at(desk), { envelopes: [on(desk), 'password'] });
    const pins = person('654321');
    expect(await opened(scene, from, scene.at(desk, { pins }))).toBe('the master secret');
    const checked = await verify(
      { from, withFactors: true },
      scene.at(desk, { pins: person('65432') }),
    );
    expect(checked).toMatchObject({
      opened: [2],
      notOpened: [1],
      failures: [{ envelope: 1, code: 'PIN_INCORRECT' }],
    });
  },
);

test(
  'verify opens every envelope that the factors at hand open, and they agree',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const alice = generateIdentity();
    const recipient = `recipient(${String(alice.recipient())})`;
    const envelopes = [
      'password',
      on(lab),
      `password + ${on(lab, 'aes')}`,
      recipient,
      `${recipient}+${on(lab)}`,
    ];
    const from = await seal(scene, scene.at(lab), { envelopes });
    const pins = person();
    const checked = await verify({ from, withFactors: true }, scene.at(lab, { pins }));
    expect(checked).toMatchObject({ opened: [1, 2, 3], notOpened: [4, 5], failures: [] });
    expect(pins.asked.length).toBe(1);
    const factors = { ...withPassword(PASSWORD), identities: async () => [alice] };
    const everything = await verify({ from, withFactors: true }, scene.at(lab, { factors }));
    expect(everything.opened).toEqual([1, 2, 3, 4, 5]);
  },
);

test('without any way to the tokens, what it takes is told', { timeout }, async () => {
  await using scene = await openTokenScene();
  const from = await seal(scene, scene.at(lab), {
    envelopes: [on(lab)],
    allowSinglePointOfFailure: true,
  });
  const opening = opened(scene, from, scene.run(noPassword));
  await expect(opening).rejects.toMatchObject({ code: 'FACTOR_MISSING' });
});

test(
  'a rule that takes a token refuses passwords, unknown keys and keys that can leave',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const rules = { requireToken: true, allowSinglePointOfFailure: true };
    const sealing = async (...envelopes: string[]): Promise<unknown> =>
      await seal(scene, scene.at(lab), { ...rules, envelopes });
    await expect(sealing('password')).rejects.toMatchObject({ code: 'TOKEN_REQUIRED' });
    await expect(sealing(on(lab), 'password')).rejects.toMatchObject({ code: 'TOKEN_REQUIRED' });
    await expect(sealing(on(lab))).rejects.toMatchObject({ code: 'TOKEN_REQUIRED' });
    await enrolled(scene, lab, 'backup-hsm');
    await sealing('token(backup-hsm)');
    const tokens = await scene.at(lab).tokens!.open();
    await tokens.enroll('loose', 'pkcs11:token=lab;object=loose');
    await expect(sealing('token(loose)')).rejects.toMatchObject({ code: 'KEY_EXTRACTABLE' });
  },
);

test(
  'a key that can leave its token, or that came from elsewhere, is warned of',
  { timeout },
  async () => {
    await using scene = await openTokenScene();
    const tokens = await scene.at(lab).tokens!.open();
    for (const name of ['loose', 'twin']) {
      await tokens.enroll(name, `pkcs11:token=lab;object=${name}`);
    }
    const source = sourceFromFile(await scene.file('secret', 's'));
    const envelopes = ['token(loose)', 'token(twin)', 'password'];
    const request = { source, workFactor: 2, envelopes, to: scene.path('a.tar') };
    const { warnings } = await backup(request, scene.at(lab));
    expect(warnings).toEqual([
      expect.stringContaining('can be taken out'),
      expect.stringContaining('twin'),
    ]);
    const rules = { requireToken: true, allowSinglePointOfFailure: true, overwrite: true };
    const twin = { ...request, ...rules, envelopes: ['token(twin)'] };
    await expect(backup(twin, scene.at(lab))).resolves.toMatchObject({
      warnings: [expect.stringContaining('twin')],
    });
  },
);
