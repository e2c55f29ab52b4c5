import { hostname } from 'node:os';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Secret } from '@holdfast/age';
import type { EnvelopeFacts, FactorFacts } from '@holdfast/catalog';
import { backup } from '../backup.ts';
import { changeEnvelopes } from '../change-envelopes.ts';
import { sourceFromFile } from '../sources/index.ts';
import { storeOf } from '../store/index.ts';
import { thisProcess } from '../record/this-process.ts';
import { verify } from '../verify.ts';
import { openHouse, type House } from './testing/house.ts';
import {
  backupMade,
  copyMade,
  drilled,
  mediumSeen,
  observed,
  onMedium,
} from './testing/happened.ts';
import { ago, DAY, HOUR, NOW, policyOf } from './testing/views.ts';
import type { StatusReport } from './report.ts';

/** A mode does not keep root out. */
async function freeze(path: string, frozen: boolean): Promise<void> {
  if (process.getuid?.() === 0) execFileSync('chattr', [frozen ? '+i' : '-i', path]);
  else await chmod(path, frozen ? 0o400 : 0o600);
}

const codes = ({ findings }: StatusReport): string[] => findings.map(({ code }) => code);

async function backUp(house: House, content: string): Promise<string> {
  const { scene } = house;
  const to = scene.path('out.tar');
  const source = sourceFromFile(await scene.file('sso', content));
  await house.act(
    async (run) =>
      await backup({ source, to, envelopes: ['password'], workFactor: 2, overwrite: true }, run),
  );
  return to;
}

/** Two media with a copy each. */
async function furnish(house: House): Promise<void> {
  await house.tell(ago(9 * DAY), mediumSeen('black'), mediumSeen('white'));
  await house.tell(
    ago(5 * DAY),
    backupMade('b1', ago(5 * DAY)),
    copyMade('b1', 'black'),
    copyMade('b1', 'white'),
  );
}

test('where nothing is known, that is told, and nothing is made', async () => {
  await using house = await openHouse();
  await rm(house.scene.path('state'), { recursive: true });
  const report = await house.status();
  expect(report).toMatchObject({ state: 'warning', catalog: 'none', secrets: [], media: [] });
  expect(codes(report)).toEqual(['nothing-known']);
  expect(await readdir(house.scene.folder)).toEqual([]);
});

test('a secret is known from the configuration, from the store and from its backups', async () => {
  await using house = await openHouse();
  using value = Secret.fromText('a value');
  await storeOf(house.scene.run().instance).import('stored', value);
  await house.tell(ago(DAY), backupMade('b1', ago(DAY)));
  const source = { kind: 'file', what: ['/etc/key'] } as const;
  const secrets = { wanted: { policy: null, source, checkLiveEvery: null } };
  const report = await house.status({ secrets }, NOW);
  expect(report.secrets.map(({ name, source: from }) => [name, from?.kind])).toEqual([
    ['sso', undefined],
    ['stored', 'store'],
    ['wanted', 'file'],
  ]);
  expect(codes(report)).toEqual(['too-few-copies', 'never-backed-up', 'never-backed-up']);
  expect((await house.status({ secrets, only: ['stored'] }, NOW)).secrets).toHaveLength(1);
  await expect(house.status({ only: ['other'] })).rejects.toMatchObject({
    code: 'SECRET_NOT_FOUND',
  });
});

test('a real backup in a real folder is told as it is', async () => {
  await using house = await openHouse();
  const path = await backUp(house, 'the value');
  const before = await house.status();
  expect(codes(before)).toEqual(['one-host']);
  expect(before.secrets).toMatchObject([
    {
      ...{ name: 'sso', state: 'warning', copiesCounted: 1, copiesWanted: 1 },
      source: { kind: 'file', what: [house.scene.path('sso')] },
      backups: { count: 1, more: false },
      copies: [{ file: 'out.tar', where: house.scene.folder, host: hostname(), counts: true }],
    },
  ]);
  await house.act(async (run) => await verify({ from: path, withFactors: false }, run));
  const [after] = (await house.status()).secrets;
  expect(after?.verifiedAt).toMatch(/^\d{4}-/);
  expect(after?.copies[0]?.verifyOutcome).toBe('ok');
});

test('a copy that is damaged no longer counts, and neither does one that is gone', async () => {
  await using house = await openHouse();
  const path = await backUp(house, 'the value');
  await writeFile(path, 'garbage');
  const look = house.act(async (run) => await verify({ from: path, withFactors: false }, run));
  await expect(look).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
  expect(codes(await house.status())).toEqual(['too-few-copies', 'verification-failed']);
});

test('other envelopes are a new generation, and the copy elsewhere is the old one', async () => {
  await using house = await openHouse();
  const path = await backUp(house, 'the value');
  const id = (await house.status()).secrets[0]?.newest?.id ?? '';
  await house.tell(
    new Date(Date.now() - HOUR).toISOString(),
    mediumSeen('black'),
    copyMade(id, 'black'),
  );
  expect(codes(await house.status())).toEqual([]);
  const change = { path, add: ['password'], workFactor: 2 };
  await house.act(async (run) => await changeEnvelopes(change, run));
  const report = await house.status();
  expect(report.secrets[0]).toMatchObject({ newest: { generation: 2 }, copiesCounted: 1 });
  expect(codes(report)).toEqual(['one-host', 'superseded-copy']);
  await house.tell(
    new Date(Date.now() + 1).toISOString(),
    copyMade(id, 'white'),
    mediumSeen('white'),
  );
  expect(codes(await house.status())).toContain('older-generation-returned');
});

test('all is well with a copy on each of two media', async () => {
  await using house = await openHouse();
  await furnish(house);
  await house.tell(ago(9 * DAY), {
    ...{ action: 'medium.describe', outcome: 'ok', medium: 'black' },
    detail: {
      label: 'BLACK',
      uuid: 'uuid-black',
      serial: null,
      vendor: null,
      product: null,
      size: null,
      name: 'first',
      location: 'bank box 2',
      owner: 'Ann',
    },
  });
  const report = await house.status({}, NOW);
  expect(report).toMatchObject({ state: 'ok', catalog: 'ok', findings: [] });
  expect(report.secrets[0]?.copies.map(({ where, location }) => [where, location])).toEqual([
    ['WHITE', null],
    ['first', 'bank box 2'],
  ]);
  expect(report.media.map(({ name, owner }) => [name, owner])).toContainEqual(['first', 'Ann']);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('what the last look at the live secret said is used until the next backup', async () => {
  await using house = await openHouse();
  await furnish(house);
  const live = async () => (await house.status({}, NOW)).secrets[0]?.live;
  expect(await live()).toEqual({ state: 'unknown', at: null, failure: null });
  await house.tell(ago(4 * DAY), observed('one'));
  expect(await live()).toEqual({ state: 'same', at: ago(4 * DAY), failure: null });
  await house.tell(ago(3 * DAY), observed('two'));
  expect(codes(await house.status({}, NOW))).toEqual(['rotated-since']);
  await house.tell(ago(2 * DAY), observed(null, 'SOURCE_NOT_FOUND'));
  expect(codes(await house.status({}, NOW))).toEqual(['rotated-since', 'live-unreadable']);
  await house.tell(ago(DAY), backupMade('b2', ago(DAY), { mark: 'two' }), copyMade('b2', 'black'));
  expect((await live())?.state).not.toBe('rotated since');
});

test('a copy of an older backup counts while the secret is still the same', async () => {
  await using house = await openHouse();
  await furnish(house);
  await house.tell(ago(DAY), backupMade('b2', ago(DAY)), copyMade('b2', 'black'));
  expect((await house.status({}, NOW)).secrets[0]?.copiesCounted).toBe(2);
  await house.tell(
    ago(HOUR),
    backupMade('b3', ago(HOUR), { mark: 'two' }),
    copyMade('b3', 'black'),
  );
  const report = await house.status({}, NOW);
  expect(report.secrets[0]?.copiesCounted).toBe(1);
  expect(codes(report)).toEqual(['one-medium']);
});

test('a backup that a stranger signed does not make anything well', async () => {
  await using house = await openHouse();
  await furnish(house);
  const stranger = { trusted: false, signer: 'SHA256:eve', mark: null };
  await house.tell(
    ago(DAY),
    backupMade('planted', ago(DAY), stranger),
    copyMade('planted', 'black'),
  );
  const report = await house.status({}, NOW);
  expect(report.secrets[0]).toMatchObject({ newest: { id: 'b1' }, copiesCounted: 2 });
  expect(codes(report)).toEqual(['unknown-signer']);
});

test('many that strangers signed do not hide the one that counts', async () => {
  await using house = await openHouse();
  await furnish(house);
  const many = Array.from({ length: 250 }, (_, index) =>
    backupMade(`planted-${String(index)}`, ago(DAY), { trusted: false, mark: null }),
  );
  await house.tell(ago(DAY), ...many);
  const report = await house.status({}, NOW);
  expect(report.secrets[0]).toMatchObject({ newest: { id: 'b1' }, copiesCounted: 2 });
  expect(codes(report)).toEqual(['unknown-signer']);
});

test('an old backup that is found now is not the newest', async () => {
  await using house = await openHouse();
  await furnish(house);
  await house.tell(ago(HOUR), backupMade('older', ago(99 * DAY)));
  expect((await house.status({}, NOW)).secrets[0]?.newest?.id).toBe('b1');
});

test('a policy of the configuration is held against each of its rules', async () => {
  await using house = await openHouse();
  await furnish(house);
  const strict = policyOf({
    ...{ copies: 3, maxAge: DAY, drillEvery: 2 * DAY, requireToken: true },
  });
  const secrets = { sso: { policy: 'strict', source: null, checkLiveEvery: null } };
  const request = { policies: { strict }, secrets };
  const before = await house.status(request, NOW);
  expect(codes(before)).toEqual([
    ...['too-few-copies', 'backup-overdue', 'drill-overdue', 'policy-violated'],
  ]);
  expect(before.secrets[0]).toMatchObject({ policy: 'strict', state: 'critical', copiesWanted: 3 });
  await house.tell(ago(DAY), drilled('b1', 'black'));
  const after = await house.status(request, NOW);
  expect(after.secrets[0]).toMatchObject({ drilledAt: ago(DAY), drillDueAt: ago(3 * DAY) });
  expect(after.findings.find(({ code }) => code === 'drill-overdue')?.severity).toBe('warning');
  await house.tell(ago(HOUR), drilled('b1', 'white', 'CHECK_FAILED'));
  expect(codes(await house.status(request, NOW))).toContain('drill-failed');
});

test('a token that every envelope needs is a single point of failure', async () => {
  await using house = await openHouse();
  const token: FactorFacts = {
    ...({ kind: 'token', label: 'lab', serial: '1' } as const),
    ...{ fingerprint: null, extractable: false },
  };
  const envelopes: readonly EnvelopeFacts[] = [{ index: 1, factors: [token] }];
  await house.tell(
    ago(DAY),
    backupMade('b1', ago(DAY), { envelopes }),
    ...[copyMade('b1', 'black'), copyMade('b1', 'white')],
  );
  const found = (await house.status({}, NOW)).findings;
  expect(found).toMatchObject([{ code: 'single-point-of-failure', severity: 'critical' }]);
});

test('custodians whom the newest backup names have to have shown that their shares open', async () => {
  await using house = await openHouse();
  const custodians = ['alice', 'bob', 'carol'].map((name) => ({
    ...{ name, factors: [{ kind: 'password' } as const] },
  }));
  const envelopes = [
    { index: 1, factors: [{ kind: 'quorum', threshold: 2, custodians } as const] },
  ];
  await house.tell(
    ago(DAY),
    ...[
      backupMade('b1', ago(DAY), { envelopes }),
      copyMade('b1', 'black'),
      copyMade('b1', 'white'),
    ],
    ...['alice', 'bob', 'dora'].map((custodian) => ({
      ...({ action: 'custodian.add', outcome: 'ok', custodian } as const),
      detail: { factors: 'password', contact: null, checkEvery: custodian === 'bob' ? 1 : null },
    })),
  );
  const check = async (time: string, custodian: string, outcome = 'ok') => {
    const detail = { envelope: 1, set: 'aa' };
    await house.tell(time, { action: 'custodian.check', outcome, custodian, detail });
  };
  expect(codes(await house.status({}, NOW))).toEqual(['custodian-never-checked']);
  await check(ago(2 * DAY), 'bob');
  await check(ago(HOUR), 'alice', 'SHARE_INVALID');
  const report = await house.status({}, NOW);
  expect(codes(report)).toEqual([
    ...['custodian-never-checked', 'custodian-overdue', 'custodian-check-failed'],
  ]);
  expect(report.findings[0]?.words).toContain('alice and carol');
});

test('work whose process is gone is told as interrupted until the same was done', async () => {
  await using house = await openHouse();
  const before = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
  const made = [backupMade('b1', before(DAY)), copyMade('b1', 'black'), copyMade('b1', 'white')];
  await house.tell(before(DAY), ...made);
  const begin = (job: string, boot: string) => ({
    ...({ action: 'job.begin', outcome: 'ok', secret: 'sso', job } as const),
    detail: { kind: 'backup', places: [], ...thisProcess(), boot },
  });
  await house.tell(before(HOUR), begin('cut-off', 'another boot'));
  await house.tell(before(HOUR), begin('still-runs', thisProcess().boot));
  expect(codes(await house.status())).toEqual(['interrupted-job']);
  expect(codes(await house.status())).toEqual(['interrupted-job']);
  const end = { action: 'job.end', outcome: 'ok', secret: 'sso', job: 'still-runs' } as const;
  await house.tell(before(0), { ...end, detail: { seconds: 1 } });
  expect(codes(await house.status())).toEqual([]);
});

test('a clock that was set back is told, and nothing from the future counts as fresh', async () => {
  await using house = await openHouse();
  await furnish(house);
  await house.tell(ago(-9 * DAY), drilled('b1', 'black'), observed('one'));
  const strict = policyOf({ drillEvery: 2 * DAY });
  const secrets = { sso: { policy: 'strict', source: null, checkLiveEvery: null } };
  const report = await house.status({ policies: { strict }, secrets }, NOW);
  expect(codes(report)).toEqual(['drill-overdue', 'clock-set-back']);
  expect(report.secrets[0]).toMatchObject({ drilledAt: null, live: { state: 'unknown' } });
});

test('two media with one UUID are told', async () => {
  await using house = await openHouse();
  await furnish(house);
  await house.tell(ago(DAY), mediumSeen('twin', { uuid: 'uuid-black' }));
  expect(codes(await house.status({}, NOW))).toEqual(['cloned-media']);
});

test('a protected medium that holds only what is past is noted, and that is no warning', async () => {
  await using house = await openHouse();
  await furnish(house);
  const more = [copyMade('b2', 'white'), copyMade('b2', 'red'), mediumSeen('red')];
  await house.tell(
    ago(DAY),
    ...[backupMade('b2', ago(DAY), { mark: 'two' }), ...more],
    mediumSeen('black', { protected: true }),
  );
  const report = await house.status({}, NOW);
  expect(codes(report)).toEqual(['protected-medium']);
  expect(report.state).toBe('ok');
});

test('copies that were removed are gone', async () => {
  await using house = await openHouse();
  await furnish(house);
  for (const medium of ['black', 'white']) {
    const gone = { action: 'copy.remove', outcome: 'ok', ...onMedium('b1', medium) } as const;
    await house.tell(ago(DAY), { ...gone, detail: { why: 'superseded' } });
  }
  const report = await house.status({}, NOW);
  expect(report.secrets[0]?.copies).toEqual([]);
  expect(codes(report)).toEqual(['too-few-copies']);
});

test('a damaged catalog is critical, and what is known without it is told', async () => {
  await using house = await openHouse();
  await furnish(house);
  await house.tell(ago(DAY), observed('one'));
  using value = Secret.fromText('a value');
  await storeOf(house.scene.run().instance).import('stored', value);
  const path = house.scene.path('state/catalog.db');
  for (const end of ['-wal', '-shm']) await rm(`${path}${end}`, { force: true });
  await writeFile(path, 'no catalog at all, but long enough to look like one '.repeat(200));
  const report = await house.status({ only: ['stored'] });
  expect(report).toMatchObject({ state: 'critical', catalog: 'damaged' });
  expect(codes(report)).toContain('catalog-damaged');
  expect(report.secrets.map(({ name }) => name)).toEqual(['stored']);
});

test('a catalog that is gone is not as if there had never been one', async () => {
  await using house = await openHouse();
  await backUp(house, 'the value');
  for (const end of ['', '-wal', '-shm']) {
    await rm(house.scene.path(`state/catalog.db${end}`), { force: true });
  }
  const report = await house.status();
  expect(report).toMatchObject({ state: 'critical', catalog: 'lost', secrets: [] });
  expect(codes(report)).toEqual(['catalog-lost']);
});

test('what a damaged catalog could not take waits in the journal, and is told', async () => {
  await using house = await openHouse();
  await furnish(house);
  const path = house.scene.path('state/catalog.db');
  for (const end of ['-wal', '-shm']) await rm(`${path}${end}`, { force: true });
  await writeFile(path, 'no catalog at all, but long enough to look like one '.repeat(200));
  await backUp(house, 'the value');
  const before = await readdir(house.scene.path('state/journal'));
  expect(codes(await house.status())).toEqual(['catalog-damaged', 'journal-pending']);
  expect(await readdir(house.scene.path('state/journal'))).toEqual(before);
});

test('a catalog that cannot be written to is read all the same, and what waits for it is told', async () => {
  await using house = await openHouse();
  await furnish(house);
  const path = house.scene.path('state/catalog.db');
  await mkdir(house.scene.path('state/journal'));
  const name = `${String(Date.now())}-00000000-0000-4000-8000-000000000000.json`;
  const actor = { who: 'ann', from: 'test', instance: 'SHA256:own' };
  const entry = { id: 'waiting', time: ago(DAY), actor, event: mediumSeen('red') };
  await writeFile(house.scene.path(`state/journal/${name}`), JSON.stringify([entry]));
  await freeze(path, true);
  try {
    const report = await house.status({}, NOW);
    expect(report).toMatchObject({ catalog: 'ok', secrets: [{ name: 'sso', copiesCounted: 2 }] });
    expect(codes(report)).toEqual(['journal-pending']);
  } finally {
    await freeze(path, false);
  }
  expect(codes(await house.status({}, NOW))).toEqual([]);
});

test('a catalog of a newer version is an error: it is whole, and nobody here can tell what it says', async () => {
  await using house = await openHouse();
  await furnish(house);
  {
    using database = new DatabaseSync(house.scene.path('state/catalog.db'));
    database.exec(`insert into schema_steps values ('999-later', '2030-01-01T00:00:00.000Z')`);
  }
  await expect(house.status({}, NOW)).rejects.toMatchObject({ code: 'CATALOG_TOO_NEW' });
});

test('thousands of backups of one secret are told as many, and do not hide a copy of the newest', async () => {
  await using house = await openHouse();
  await furnish(house);
  const backups = Array.from({ length: 1500 }, (_, index) => `b-${String(index)}`);
  await house.tell(
    ago(4 * DAY),
    ...backups.flatMap((id) => [backupMade(id, ago(6 * DAY)), copyMade(id, `m-${id}`)]),
  );
  await house.tell(
    ago(DAY),
    backupMade('b1', ago(5 * DAY), { generation: 2 }),
    copyMade('b1', 'white', 2),
  );
  const [secret] = (await house.status({}, NOW)).secrets;
  expect(secret).toMatchObject({ newest: { id: 'b1', generation: 2 }, moreCopies: true });
  expect(secret?.backups).toEqual({ count: 100, more: true });
  expect(secret?.copies.find(({ backup: id, counts }) => id === 'b1' && counts)?.where).toBe(
    'WHITE',
  );
});
