import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Secret } from '@holdfast/age';
import type { AuditEntry } from '@holdfast/catalog';
import { backup } from '../backup.ts';
import type { SecretSource } from '../ports.ts';
import { sourceFromFile, sourceFromFiles } from '../sources/index.ts';
import { storeOf } from '../store/index.ts';
import type { WantedSecret } from './gather.ts';
import type { Looking } from './look.ts';
import type { LiveStatus, StatusReport } from './report.ts';
import { status } from './status.ts';
import { openHouse, type House } from './testing/house.ts';
import { DAY } from './testing/views.ts';

async function backUp(house: House, source: SecretSource, name = source.name): Promise<void> {
  const to = house.scene.path(`${name}.tar`);
  const request = { source, name, to, envelopes: ['password'], workFactor: 2, overwrite: true };
  await house.act(async (run) => await backup(request, run));
}

async function look(
  house: House,
  secrets: Record<string, WantedSecret> = {},
  live: Looking = 'all',
  now = Date.now(),
): Promise<LiveStatus | undefined> {
  return (await house.status({ live, secrets }, now)).secrets[0]?.live;
}

const codes = ({ findings }: StatusReport): string[] => findings.map(({ code }) => code);

async function observations(house: House): Promise<readonly AuditEntry[]> {
  return await house.act(async ({ catalog }) => {
    const open = await catalog?.open();
    return (await open?.audit({ action: 'secret.observe' }))?.rows ?? [];
  });
}

test('a file that is still the same is the same, and one that was changed was rotated since', async () => {
  await using house = await openHouse();
  const path = await house.scene.file('sso', 'the value');
  await backUp(house, sourceFromFile(path));
  expect(await look(house)).toMatchObject({ state: 'same', failure: null });
  await writeFile(path, 'another one');
  expect(await look(house, {}, 'no')).toMatchObject({ state: 'same' });
  const report = await house.status({ live: 'all' });
  expect(codes(report)).toContain('rotated-since');
  expect(await look(house, {}, 'no')).toMatchObject({ state: 'rotated since' });
  await backUp(house, sourceFromFile(path));
  expect(await look(house)).toMatchObject({ state: 'same' });
});

test('a folder that was only touched is the same', async () => {
  await using house = await openHouse();
  const conf = house.scene.path('conf');
  await mkdir(conf);
  await house.scene.file('conf/a', 'one');
  await backUp(house, sourceFromFiles([conf]));
  await writeFile(house.scene.path('conf/a'), 'one');
  expect(await look(house)).toMatchObject({ state: 'same' });
  await writeFile(house.scene.path('conf/a'), 'two');
  expect(await look(house)).toMatchObject({ state: 'rotated since' });
});

test('a secret of the store is compared as well', async () => {
  await using house = await openHouse();
  const store = storeOf(house.scene.run().instance);
  using value = Secret.fromText('a value');
  await store.import('sso', value);
  await backUp(house, store.source('sso'));
  expect(await look(house)).toMatchObject({ state: 'same' });
  await store.rotate('sso');
  expect(await look(house)).toMatchObject({ state: 'rotated since' });
});

test('where the configuration says how to read it, that is how it is read', async () => {
  await using house = await openHouse();
  const path = await house.scene.file('sso', 'the value');
  await backUp(house, sourceFromFile(path));
  const source = { kind: 'command', what: ["printf '%s' 'the value'"] } as const;
  const secrets = { sso: { policy: null, source, checkLiveEvery: null } };
  await rm(path);
  expect(await look(house, secrets)).toMatchObject({ state: 'same' });
  const other = { ...source, what: ['printf other'] };
  const changed = { sso: { ...secrets.sso, source: other } };
  expect(await look(house, changed)).toMatchObject({ state: 'rotated since' });
});

test('a configured folder is read as one', async () => {
  await using house = await openHouse();
  const conf = house.scene.path('conf');
  await mkdir(conf);
  await house.scene.file('conf/a', 'one');
  await backUp(house, sourceFromFiles([conf]));
  const source = { kind: 'file', what: [conf] } as const;
  const secrets = { conf: { policy: null, source, checkLiveEvery: null } };
  expect(await look(house, secrets)).toMatchObject({ state: 'same' });
});

test('one that cannot be read is a warning, and says nothing of the others', async () => {
  await using house = await openHouse();
  const path = await house.scene.file('sso', 'the value');
  await backUp(house, sourceFromFile(path));
  await rm(path);
  const report = await house.status({ live: 'all' });
  expect(report.secrets[0]?.live).toMatchObject({
    state: 'unreadable',
    failure: 'SOURCE_NOT_FOUND',
  });
  expect(codes(report)).toEqual(['live-unreadable', 'one-host']);
  expect((await observations(house)).map(({ event }) => event.outcome)).toEqual([
    'SOURCE_NOT_FOUND',
  ]);
});

test('it is read only when that is asked for, or by schedule when its time is over', async () => {
  await using house = await openHouse();
  const path = await house.scene.file('sso', 'the value');
  await backUp(house, sourceFromFile(path));
  const daily = { sso: { policy: null, source: null, checkLiveEvery: DAY } };
  await look(house, daily, 'no');
  await look(house, {}, 'scheduled');
  expect(await observations(house)).toHaveLength(0);
  await look(house, daily, 'scheduled');
  expect(await observations(house)).toHaveLength(1);
  await look(house, daily, 'scheduled');
  expect(await observations(house)).toHaveLength(1);
  await look(house, daily, 'scheduled', Date.now() + DAY);
  expect(await observations(house)).toHaveLength(2);
});

test('only a mark of it is remembered', async () => {
  await using house = await openHouse();
  await backUp(house, sourceFromFile(await house.scene.file('sso', 'the value')));
  await look(house);
  const [entry] = await observations(house);
  expect(entry?.event).toMatchObject({ secret: 'sso', outcome: 'ok' });
  expect(JSON.stringify(entry)).not.toContain('the value');
});

test('where there is no instance, none is made only to look', async () => {
  await using house = await openHouse();
  await rm(house.scene.path('state'), { recursive: true });
  const path = await house.scene.file('sso', 'the value');
  const source = { kind: 'file', what: [path] } as const;
  const secrets = { sso: { policy: null, source, checkLiveEvery: null } };
  expect(codes(await house.status({ live: 'all', secrets }))).toEqual(['never-backed-up']);
  await expect(stat(house.scene.path('state'))).rejects.toThrow();
});

test('a look that is cancelled ends with that', async () => {
  await using house = await openHouse();
  await backUp(house, sourceFromFile(await house.scene.file('sso', 'the value')));
  const signal = AbortSignal.abort();
  const looking = house.act(async (run) => await status({ live: 'all' }, { ...run, signal }));
  await expect(looking).rejects.toMatchObject({ code: 'CANCELLED' });
});
