import { chmod, chown, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupNumber, userName } from './group.ts';
import { initInstance } from './init.ts';
import { instanceAt } from './instance.ts';
import { actAs, alice, amRoot, bob, openPlace, someGroup } from './testing/people.ts';

// Acting as a second user takes root. Where the tests run without, the reporter lists these as skipped.
const asOthers = test.runIf(amRoot);

const group = await someGroup();
const member = { ...bob, groups: [group.gid] };
const denied = (...words: string[]) => ({
  code: 'ACCESS_DENIED',
  message: expect.stringMatching(words.map((word) => `(?=.*${word})`).join('')) as string,
});

asOthers('only its owner may use a state folder without a group, not even root', async () => {
  const folder = join(await openPlace(), 'state');
  const settings = { folder };
  expect(await actAs({ user: alice, settings, act: 'sign' })).toMatchObject({ code: 'OK' });
  expect((await stat(folder)).uid).toBe(alice.uid);
  expect(await actAs({ user: alice, settings, act: 'access' })).toMatchObject({ code: 'OK' });
  const refusal = denied(`user ${String(alice.uid)}`, 'no group is configured');
  for (const act of ['access', 'sign', 'init'] as const) {
    expect(await actAs({ user: bob, settings, act })).toMatchObject(refusal);
    expect(await actAs({ settings, act })).toMatchObject(refusal);
  }
  await expect(instanceAt(settings).signer()).rejects.toMatchObject(refusal);
});

asOthers(
  'members of the configured group may use it; anybody else is told which group',
  async () => {
    const folder = join(await openPlace(), 'state');
    const settings = { folder, group: group.name };
    const owner = { ...alice, groups: [group.gid] };
    const made = await actAs({ user: owner, settings, act: 'sign' });
    expect(made.code).toBe('OK');
    expect(await actAs({ user: member, settings, act: 'sign' })).toEqual(made);
    expect(await actAs({ user: { ...bob, gid: group.gid }, settings, act: 'sign' })).toEqual(made);
    const refusal = denied(`"${group.name}"`, `user ${String(alice.uid)}`);
    expect(await actAs({ user: bob, settings, act: 'access' })).toMatchObject(refusal);
    await expect(instanceAt(settings).assertAccess()).rejects.toMatchObject(refusal);
  },
);

asOthers('whose signatures count, everybody may ask: who cannot look trusts nobody', async () => {
  const folder = join(await openPlace(), 'state');
  await actAs({ user: alice, settings: { folder }, act: 'init' });
  const asked = await actAs({ user: bob, settings: { folder }, act: 'trust' });
  expect(asked).toEqual({ code: 'OK', message: 'null' });
});

asOthers('an owner outside the group cannot share the folder with it', async () => {
  const folder = join(await openPlace(), 'state');
  const act = { user: alice, settings: { folder, group: group.name } } as const;
  const outcome = await actAs({ ...act, act: 'sign' });
  expect(outcome.code).not.toBe('OK');
  expect(outcome.code).not.toBe('UNTYPED');
});

asOthers('a group that is configured later takes effect with init, by the owner', async () => {
  const folder = join(await openPlace(), 'state');
  const owner = { ...alice, groups: [group.gid] };
  const settings = { folder, group: group.name };
  await actAs({ user: owner, settings: { folder }, act: 'sign' });
  const early = await actAs({ user: member, settings, act: 'sign' });
  expect(early).toMatchObject(denied('holdfast init'));
  expect(await actAs({ user: owner, settings, act: 'init' })).toMatchObject({ code: 'OK' });
  expect(await actAs({ user: member, settings, act: 'sign' })).toMatchObject({ code: 'OK' });
  // And back again: without the group, the owner is told that others can look in, and init ends it.
  const alone = await actAs({ user: owner, settings: { folder }, act: 'sign' });
  expect(alone.code).toBe('STATE_INVALID');
  expect(await actAs({ user: owner, settings: { folder }, act: 'init' })).toMatchObject({
    code: 'OK',
  });
  expect((await stat(folder)).mode & 0o7777).toBe(0o700);
  expect((await stat(join(folder, 'instance-key.pem'))).mode & 0o7777).toBe(0o600);
});

asOthers('a folder out of reach is a typed error', async () => {
  const place = await openPlace();
  await chmod(place, 0o700);
  const settings = { folder: join(place, 'state') };
  for (const act of ['access', 'sign', 'init'] as const) {
    expect(await actAs({ user: bob, settings, act })).toMatchObject({ code: 'ACCESS_DENIED' });
  }
});

test('with a group, everything in the folder is the group’s', async () => {
  const folder = join(await openPlace(), 'state');
  await initInstance(instanceAt({ folder, group: group.name }));
  const stats = await stat(folder);
  expect([stats.mode & 0o7777, stats.gid]).toEqual([0o2770, group.gid]);
  const names = await readdir(folder);
  expect(names.toSorted()).toEqual(['allowed_signers', 'instance-key.pem', 'instance-key.pub']);
  for (const name of names) {
    const file = await stat(join(folder, name));
    expect([file.mode & 0o7777, file.gid]).toEqual([0o660, group.gid]);
  }
});

test('a group that does not exist is an error of the configuration', async () => {
  const folder = join(await openPlace(), 'state');
  for (const name of ['no-such-group-here', '', '-x', 'a:b', String(group.gid)]) {
    const instance = instanceAt({ folder, group: name });
    await expect(instance.signer()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  }
  await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('groups and users are looked up where the machine keeps them', async () => {
  expect(await groupNumber('root')).toBe(0);
  expect(await userName(0)).toBe('root');
  expect(await userName(54_321)).toBe('user 54321');
  const path = process.env['PATH'];
  try {
    // Without getent.
    process.env['PATH'] = '/nonexistent';
    expect(await groupNumber('root')).toBe(0);
    expect(await userName(0)).toBe('root');
    await expect(groupNumber('no-such-group')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  } finally {
    process.env['PATH'] = path;
  }
});

test('init makes what is missing, says so, and does nothing the second time', async () => {
  const folder = join(await openPlace(), 'state');
  const instance = instanceAt({ folder });
  const first = await initInstance(instance);
  expect(first.made).toEqual(['folder', 'signing key', 'trust file']);
  expect(first.trustFile).toBe(join(folder, 'allowed_signers'));
  const second = await initInstance(instance);
  expect(second).toEqual({ ...first, made: [], repaired: [] });
  expect((await instance.signer()).signer).toEqual(first.signer);
});

test('init keeps a trust file that is there, and makes one that is configured elsewhere', async () => {
  const place = await openPlace();
  await writeFile(join(place, 'signers'), '# mine\n');
  const folder = join(place, 'state');
  const kept = await initInstance(instanceAt({ folder, trustFile: join(place, 'signers') }));
  expect(kept.made).not.toContain('trust file');
  expect(await readFile(join(place, 'signers'), 'utf8')).toBe('# mine\n');
  const other = await initInstance(instanceAt({ folder, trustFile: join(place, 'others') }));
  expect(other.made).toEqual(['trust file']);
});

test('init closes a folder of ours that stands open, and what is in it', async () => {
  const folder = join(await openPlace(), 'state');
  await initInstance(instanceAt({ folder }));
  await mkdir(join(folder, 'secrets'), { mode: 0o755 });
  await writeFile(join(folder, 'secrets', 'a'), '', { mode: 0o644 });
  await symlink('/etc/passwd', join(folder, 'secrets', 'link'));
  await chmod(folder, 0o755);
  const { repaired } = await initInstance(instanceAt({ folder }));
  expect(repaired.map((path) => path.slice(folder.length))).toEqual(['', '/secrets', '/secrets/a']);
  expect((await stat(join(folder, 'secrets', 'a'))).mode & 0o777).toBe(0o600);
  expect((await stat('/etc/passwd')).mode & 0o777).toBe(0o644);
});

test('init closes an empty folder, and leaves one alone that holds other things', async () => {
  const place = await openPlace();
  await mkdir(join(place, 'empty'));
  await chmod(join(place, 'empty'), 0o755);
  const { made, repaired } = await initInstance(instanceAt({ folder: join(place, 'empty') }));
  expect(made).toEqual(['signing key', 'trust file']);
  expect(repaired).toEqual([join(place, 'empty')]);
  await mkdir(join(place, 'home'));
  await chmod(join(place, 'home'), 0o755);
  await writeFile(join(place, 'home', 'letter'), '');
  await expect(initInstance(instanceAt({ folder: join(place, 'home') }))).rejects.toMatchObject({
    code: 'STATE_INVALID',
  });
  expect((await stat(join(place, 'home'))).mode & 0o777).toBe(0o755);
});

asOthers('a folder that root gave to a user belongs to that user', async () => {
  const folder = join(await openPlace(), 'state');
  await mkdir(folder, { mode: 0o700 });
  await chown(folder, alice.uid, alice.gid);
  expect(await actAs({ user: alice, settings: { folder }, act: 'init' })).toEqual({
    code: 'OK',
    message: 'signing key,trust file',
  });
});
