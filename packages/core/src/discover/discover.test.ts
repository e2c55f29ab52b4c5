import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { asNobody } from '@holdfast/media/testing';
import { expect, test } from 'vitest';
import { discover, type Discovery } from './discover.ts';
import type { KnownSecret } from './known.ts';
import type { Preset } from './preset.ts';
import { PRESETS } from './presets.ts';
import { openPlant, type Plant } from './testing/plant.ts';

async function look(plant: Plant, ids: string, more: object = {}): Promise<Discovery> {
  const wanted = ids.split(' ');
  const presets = PRESETS.filter(({ id }) => wanted.includes(id));
  expect(presets).toHaveLength(wanted.length);
  return await discover({ root: plant.root, presets, ...more });
}

const kinds = ({ finds }: Discovery): string[] =>
  finds.flatMap(({ warnings }) => warnings.map(({ kind }) => kind));

test('on a system without any of them, nothing is found and everything was looked for', async () => {
  await using plant = await openPlant();
  const found = await discover({ root: plant.root });
  expect(found.finds).toEqual([]);
  expect(found.notFound).toEqual(PRESETS);
  expect(found.unseen.map(({ path }) => path)).toEqual(['/dev']);
});

test('a file is told with its mode, owner and size, and with what its loss means', async () => {
  await using plant = await openPlant();
  const path = await plant.add('etc/gitlab/gitlab-secrets.json', { mode: 0o640, content: '12345' });
  const { finds, unseen } = await look(plant, 'gitlab jenkins');
  expect(unseen).toEqual([]);
  expect(finds).toEqual([
    {
      ...{ id: 'gitlab', system: 'GitLab', secret: 'gitlab-secrets.json' },
      is: expect.any(String),
      loss: expect.stringContaining('CI variables'),
      source: expect.stringMatching(/^https:/),
      paths: [
        {
          ...{ path, kind: 'file', mode: '0640', size: 5, link: null, secret: true },
          ...{ uid: process.getuid?.(), gid: process.getgid?.() },
        },
      ],
      warnings: [],
      backedUp: null,
      backup: {
        args: ['backup', path, '--name', 'gitlab', '--to', 'usb'],
        line: `holdfast backup ${path} --name gitlab --to usb`,
      },
    },
  ]);
});

test('what belongs together is one find, with what is not secret in it', async () => {
  await using plant = await openPlant();
  for (const name of ['ca.key', 'sa.key', 'etcd/ca.key'])
    await plant.add(`etc/kubernetes/pki/${name}`);
  for (const name of ['ca.crt', 'apiserver.crt'])
    await plant.add(`etc/kubernetes/pki/${name}`, { mode: 0o644 });
  const found = await look(plant, 'kubernetes-pki');
  expect(found.finds).toHaveLength(1);
  const told = found.finds[0]?.paths.map(({ path, secret }) => [path.split('/pki/')[1], secret]);
  expect(told).toEqual([
    ['ca.key', true],
    ['sa.key', true],
    ['etcd/ca.key', true],
    ['ca.crt', false],
  ]);
  expect(kinds(found)).toEqual([]);
});

test('a folder is backed up as a whole, and is a find only with a secret in it', async () => {
  await using plant = await openPlant();
  await plant.add('var/lib/jenkins/secrets/initialAdminPassword');
  expect((await look(plant, 'jenkins')).finds).toEqual([]);
  await plant.add('var/lib/jenkins/secrets/master.key');
  const { finds } = await look(plant, 'jenkins');
  expect(finds[0]?.backup.args[1]).toBe(plant.at('var/lib/jenkins/secrets'));
  expect(finds[0]?.paths.map(({ kind }) => kind)).toEqual(['file', 'folder']);
});

test('finds of one kind have names of their own, by user and folder', async () => {
  await using plant = await openPlant();
  for (const home of ['root', 'home/alice', 'home/bob']) await plant.add(`${home}/.n8n/config`);
  await plant.add('home/alice/shop/config/master.key');
  await plant.add('srv/shop/config/master.key');
  await plant.add('opt/shop/config/credentials/production.key');
  const { finds } = await look(plant, 'n8n rails');
  const names = finds.map(({ backup }) => backup.args.at(-3));
  expect(names.toSorted()).toEqual(
    ['n8n', 'n8n-alice', 'n8n-bob', 'rails-alice-shop', 'rails-shop', 'rails-shop-2'].toSorted(),
  );
});

test('a command of the software is offered where it has one, and a pipe where people hold the secret', async () => {
  await using plant = await openPlant();
  await plant.add('usr/local/bin/kubeseal', { mode: 0o755 });
  await plant.add('etc/vault.d/vault.hcl', { mode: 0o644 });
  const found = await look(plant, 'sealed-secrets vault');
  const [vault, sealed] = found.finds;
  expect(sealed?.backup.args.slice(0, 2)).toEqual(['backup', '--exec']);
  expect(sealed?.backup.args[2]).toMatch(/^kubectl get secret .* -o yaml$/);
  expect(vault?.backup.line).toBe('cat | holdfast backup - --name vault --to usb');
  // Neither the program nor the configuration is the secret.
  expect(kinds(found)).toEqual([]);
  expect(found.finds.flatMap(({ paths }) => paths).some(({ secret }) => secret)).toBe(false);
});

test('what looks alike is no find without the sign of the software', async () => {
  await using plant = await openPlant();
  await plant.add('var/www/other/.env');
  expect((await look(plant, 'laravel')).finds).toEqual([]);
  await plant.add('var/www/other/artisan');
  expect((await look(plant, 'laravel')).finds).toHaveLength(1);
});

test('a secret that everyone can read or change is told, unless a folder above keeps them out', async () => {
  await using plant = await openPlant();
  await plant.add('etc/ssh/ssh_host_rsa_key', { mode: 0o644 });
  await plant.add('etc/ssh/ssh_host_rsa_key.pub', { mode: 0o644 });
  const key = plant.at('etc/ssh/ssh_host_rsa_key');
  const open = await look(plant, 'ssh-host');
  expect(open.finds[0]?.warnings).toEqual([
    { kind: 'everyone can read', path: key, words: expect.stringContaining('0644') },
  ]);
  await chmod(key, 0o602);
  expect(kinds(await look(plant, 'ssh-host'))).toEqual(['everyone can write']);
  await chmod(key, 0o666);
  await chmod(plant.at('etc/ssh'), 0o700);
  expect(kinds(await look(plant, 'ssh-host'))).toEqual([]);
});

test('an empty file, and what is no regular file, are told', async () => {
  await using plant = await openPlant();
  await plant.add('etc/tower/SECRET_KEY', { content: '' });
  expect(kinds(await look(plant, 'awx'))).toEqual(['empty']);
  await rm(plant.at('etc/tower/SECRET_KEY'));
  execFileSync('mkfifo', ['-m', '600', plant.at('etc/tower/SECRET_KEY')]);
  expect(kinds(await look(plant, 'awx'))).toEqual(['not regular']);
});

test('a folder in the place of a file is no find', async () => {
  await using plant = await openPlant();
  await plant.add('etc/tower/SECRET_KEY/');
  expect((await look(plant, 'awx')).finds).toEqual([]);
});

test('a link is followed inside the root only, and told', async () => {
  await using plant = await openPlant();
  await plant.add('data/harbor.key', { mode: 0o644 });
  await plant.add('etc/tower/');
  await symlink('/data/harbor.key', plant.at('etc/tower/SECRET_KEY'));
  const found = await look(plant, 'awx');
  expect(found.finds[0]?.warnings.map(({ kind }) => kind)).toEqual(['link', 'everyone can read']);
  expect(found.finds[0]?.paths).toMatchObject([
    { path: plant.at('data/harbor.key'), kind: 'file', link: '/data/harbor.key' },
  ]);
  expect(found.finds[0]?.backup.args[1]).toBe(plant.at('data/harbor.key'));
});

test.each(['/etc/passwd', '../../../../../../../etc/passwd'])(
  'a link to %s on this machine never leads out of the root',
  async (target) => {
    await using plant = await openPlant();
    await plant.add('etc/tower/');
    await symlink(target, plant.at('etc/tower/SECRET_KEY'));
    const { finds, unseen } = await look(plant, 'awx');
    expect(finds).toEqual([]);
    expect(unseen).toMatchObject([{ path: plant.at('etc/tower/SECRET_KEY'), presets: ['awx'] }]);
  },
);

test('a link in the way leads on inside the root, and what is found twice is told once', async () => {
  await using plant = await openPlant();
  await plant.add('var/www/shop/shared/config/master.key');
  await plant.add('var/www/shop/releases/1/config/');
  await symlink('/var/www/shop/releases/1', plant.at('var/www/shop/current'));
  await symlink(
    '../../../shared/config/master.key',
    plant.at('var/www/shop/releases/1/config/master.key'),
  );
  const { finds, unseen } = await look(plant, 'rails');
  expect(unseen).toEqual([]);
  expect(finds.map(({ backup }) => backup.args[1])).toEqual([
    plant.at('var/www/shop/shared/config/master.key'),
  ]);
});

test('links in a circle are told, and end', async () => {
  await using plant = await openPlant();
  await plant.add('etc/');
  await symlink('tower', plant.at('etc/tower'));
  const { finds, unseen } = await look(plant, 'awx');
  expect(finds).toEqual([]);
  expect(unseen).toMatchObject([{ why: expect.stringContaining('circle') }]);
});

test('a folder that may not be looked into is told, with all that may be in it', async () => {
  await using plant = await openPlant();
  await chmod(plant.root, 0o755);
  await plant.add('etc/ssh/ssh_host_rsa_key');
  await plant.add('etc/wireguard/wg0.conf');
  await plant.add('home/alice/.n8n/config');
  await chmod(plant.at('etc/wireguard'), 0o700);
  await chmod(plant.at('home/alice'), 0o700);
  const found = await asNobody(async () => await look(plant, 'wireguard ssh-host n8n rclone'));
  expect(found.finds.map(({ id }) => id)).toEqual(['ssh-host']);
  const told = found.unseen.map(({ path, presets }) => [path, presets.toSorted()]);
  expect(told).toEqual([
    [plant.at('etc/wireguard'), ['wireguard']],
    [plant.at('home/alice'), ['n8n', 'rclone']],
  ]);
  for (const { why } of found.unseen) expect(why).toContain('permission');
});

test('names with control characters are found, and their line can be shown and run', async () => {
  await using plant = await openPlant();
  const hostile = 'a\u001b[31mb\nc\u202e';
  await plant.add(`srv/${hostile}/config/master.key`);
  const [find] = (await look(plant, 'rails')).finds;
  expect(find?.paths[0]?.path).toContain(hostile);
  expect(find?.backup.line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(find?.backup.args.at(-3)).toMatch(/^[\w.-]+$/);
});

test('a name that is not UTF-8 is told, since nobody could give it back', async () => {
  await using plant = await openPlant();
  await plant.add('srv/shop/config/master.key');
  const strange = Buffer.concat([Buffer.from(plant.at('srv/')), Buffer.from([0x61, 0xff])]);
  await rename(plant.at('srv/shop'), strange);
  const { finds, unseen } = await look(plant, 'rails');
  expect(finds).toEqual([]);
  expect(unseen).toMatchObject([{ why: expect.stringContaining('UTF-8'), presets: ['rails'] }]);
  await rm(strange, { recursive: true });
});

test('a star in a name that is there is no pattern', async () => {
  await using plant = await openPlant();
  await plant.add('srv/sh*p/config/master.key');
  await plant.add('srv/shop/config/');
  const { finds } = await look(plant, 'rails');
  expect(finds.map(({ backup }) => backup.args[1])).toEqual([
    plant.at('srv/sh*p/config/master.key'),
  ]);
});

test('a find is backed up when all of it is, and since the older of two backups', async () => {
  await using plant = await openPlant();
  const key = await plant.add('etc/ssh/ssh_host_rsa_key');
  const other = await plant.add('etc/ssh/ssh_host_ed25519_key');
  const backup = (what: string, lastBackup: string): KnownSecret => ({
    name: 'any',
    source: { kind: 'file', what: [what] },
    lastBackup,
  });
  const [old, recent] = ['2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
  const none = await look(plant, 'ssh-host', { known: [backup(`${key}x`, recent)] });
  expect(none.finds[0]).toMatchObject({ backedUp: null, warnings: [] });
  const partly = await look(plant, 'ssh-host', { known: [backup(key, recent)] });
  expect(partly.finds[0]?.backedUp).toBeNull();
  expect(partly.finds[0]?.warnings).toMatchObject([{ kind: 'partly', path: other }]);
  const both = await look(plant, 'ssh-host', {
    known: [backup(key, old), backup(key, recent), backup(other, old)],
  });
  expect(both.finds[0]?.backedUp).toBe(old);
  const above = await look(plant, 'ssh-host', { known: [backup(`${plant.at('etc')}/`, recent)] });
  expect(above.finds[0]?.backedUp).toBe(recent);
});

test('what a command prints, and what people pipe in, is known by the command and by its name', async () => {
  await using plant = await openPlant();
  await plant.add('usr/bin/kubeseal');
  await plant.add('etc/vault.d/vault.hcl');
  const run = (await look(plant, 'sealed-secrets')).finds[0]?.backup.args[2] ?? '';
  const lastBackup = '2026-01-01T00:00:00.000Z';
  const known: KnownSecret[] = [
    { name: 'keys', source: { kind: 'command', what: [run] }, lastBackup },
    { name: 'vault', source: null, lastBackup },
  ];
  const times = async (them: KnownSecret[]): Promise<(string | null)[]> =>
    (await look(plant, 'sealed-secrets vault', { known: them })).finds.map((it) => it.backedUp);
  expect(await times(known)).toEqual([lastBackup, lastBackup]);
  const others = known.map((it) => ({
    ...it,
    name: 'x',
    source: { kind: 'command' as const, what: ['x'] },
  }));
  expect(await times(others)).toEqual([null, null]);
});

test('each LUKS volume is a find, with a command that can write its header into a pipe', async () => {
  await using plant = await openPlant();
  const blocks = async () => [
    { node: '/dev/sda2', uuid: 'a' },
    { node: '/dev/mapper/vg-a b', uuid: 'b' },
  ];
  const { finds } = await look(plant, 'luks', { blocks });
  expect(finds.map(({ backup }) => backup.args.at(-3))).toEqual(['luks-sda2', 'luks-vg-a-b']);
  expect(finds[0]?.backup.args[2]).toContain('cryptsetup luksHeaderBackup /dev/sda2 ');
  expect(finds[1]?.backup.args[2]).toContain("luksHeaderBackup '/dev/mapper/vg-a b' ");
});

test('a root that is not there, or is no folder, is an error', async () => {
  await using plant = await openPlant();
  const file = await plant.add('file');
  await expect(discover({ root: plant.at('gone') })).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
  });
  await expect(discover({ root: file })).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
});

test('a root that is a link is the folder that it leads to', async () => {
  await using plant = await openPlant();
  await plant.add('disk/etc/tower/SECRET_KEY');
  await symlink('disk', plant.at('link'));
  const presets = PRESETS.filter(({ id }) => id === 'awx');
  const { root, finds } = await discover({ root: plant.at('link'), presets });
  expect(root).toBe(plant.at('disk'));
  expect(finds).toHaveLength(1);
});

test('whoever cancels is not kept waiting, and progress tells what is looked for', async () => {
  await using plant = await openPlant();
  await mkdir(plant.at('etc'));
  const abort = new AbortController();
  const seen: Preset[] = [];
  const looking = discover({
    root: plant.root,
    signal: abort.signal,
    onProgress({ preset, done, total }) {
      expect([done, total]).toEqual([seen.length, PRESETS.length]);
      seen.push(preset);
      if (done === 2) abort.abort();
    },
  });
  await expect(looking).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(seen).toEqual(PRESETS.slice(0, 3));
});
