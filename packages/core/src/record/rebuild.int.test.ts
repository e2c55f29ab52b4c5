import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import type { CopyRow, DrillRow, MediumRow } from '@holdfast/catalog';
import { openPostgres } from '@holdfast/catalog/testing';
import { mountTmpfs } from '@holdfast/media/testing';
import { expect, test } from 'vitest';
import { verifyAudit } from '../audit/verify-audit.ts';
import { changeEnvelopes } from '../change-envelopes.ts';
import { assertDrilled, drill } from '../drill/drill.ts';
import { instanceAt } from '../instance/instance.ts';
import { openMediaScene } from '../media/testing/media-scene.ts';
import { addCustodian, removeCustodian } from '../register/custodians.ts';
import { describeMedium } from '../register/describe-medium.ts';
import { listCustodians } from '../register/list-custodians.ts';
import { keeping, record } from '../register/testing/kept-run.ts';
import { openScene, withPassword, PASSWORD, type Scene } from '../testing/scene.ts';
import { catalogAccess } from './catalog-access.ts';
import { catalogFacts } from './catalog-facts.ts';
import { rebuildCatalog, type RebuildReport, type RebuildRequest } from './rebuild.ts';

async function rebuild(
  scene: Scene,
  request: Partial<RebuildRequest> = {},
  more: Parameters<typeof keeping>[2] = {},
): Promise<RebuildReport> {
  return await keeping(
    scene,
    async (run) =>
      await rebuildCatalog(
        {
          ...{ places: [{ kind: 'folder', path: scene.path('copies') }] },
          ...{ quick: false, anyway: false },
          ...request,
        },
        run,
      ),
    more,
  );
}

async function copiesIn(scene: Scene): Promise<readonly CopyRow[]> {
  return await keeping(scene, async ({ catalog }) => (await (await catalog.open()).copies()).rows);
}

/** Two backups in a folder, recorded as they are made. */
async function backUpTwo(scene: Scene): Promise<void> {
  await mkdir(scene.path('copies'));
  for (const name of ['one', 'two']) {
    await keeping(scene, async (run) => {
      await scene.backup(name, { name, to: scene.path(`copies/${name}.tar`) }, run);
    });
  }
}

async function damage(scene: Scene, how: (path: string) => Promise<void>): Promise<void> {
  const path = scene.path('state/catalog.db');
  for (const end of ['-wal', '-shm']) await rm(`${path}${end}`, { force: true });
  await how(path);
}

const WAYS: Record<string, (path: string) => Promise<void>> = {
  'cut to half': async (path) => await truncate(path, (await readFile(path)).length / 2),
  'cut to nothing': async (path) => await truncate(path, 0),
  'overwritten with garbage': async (path) => await writeFile(path, 'garbage '.repeat(5000)),
  'with its head overwritten': async (path) => {
    const bytes = await readFile(path);
    bytes.fill(0xff, 0, 100);
    await writeFile(path, bytes);
  },
  'with every page but the first flipped': async (path) => {
    const bytes = await readFile(path);
    for (let at = 4096; at < bytes.length; at += 64) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
  },
};

test.each(Object.keys(WAYS))(
  'a catalog %s is told, kept, and made anew of what the copies prove',
  async (way) => {
    await using scene = await openScene();
    await backUpTwo(scene);
    await damage(scene, async (path) => await WAYS[way]?.(path));
    const damaged = await readFile(scene.path('state/catalog.db'));
    const facts = keeping(scene, catalogFacts);
    await expect(facts).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
    const report = await rebuild(scene);
    expect(report).toMatchObject({ backups: 2, copies: 2, media: 0, drills: 0, custodians: 0 });
    expect(await readFile(report.aside ?? '')).toEqual(damaged);
    const rows = await copiesIn(scene);
    expect(rows.map(({ secret }) => secret).toSorted()).toEqual(['one', 'two']);
    expect(rows.every(({ verifyOutcome }) => verifyOutcome === 'ok')).toBe(true);
    expect(await keeping(scene, verifyAudit)).toMatchObject({ faults: [] });
  },
);

test('the log says what became of the former one, and of its head', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  const { sequence, hash } = JSON.parse(
    await readFile(scene.path('state/audit-head.json'), 'utf8'),
  ) as { sequence: number; hash: string };
  await damage(scene, async (path) => await writeFile(path, 'garbage '.repeat(100)));
  const { former, aside } = await rebuild(scene);
  expect(former).toContain(`entry ${String(sequence)}, ${hash}`);
  expect(former).toContain(aside);
  await keeping(scene, async ({ catalog }) => {
    const { rows } = await (await catalog.open()).audit({ action: 'catalog.rebuild' });
    expect(rows).toMatchObject([{ event: { detail: { former, backups: 2, copies: 2 } } }]);
  });
  const kept = (await readdir(scene.path('state'))).filter((it) =>
    it.startsWith('audit-head.json.'),
  );
  expect(kept).toHaveLength(1);
  expect(await readFile(scene.path(`state/${kept[0] ?? ''}`), 'utf8')).toContain(hash);
});

test('a lost catalog is made anew; nothing else makes one meanwhile', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  await damage(scene, async (path) => await rm(path));
  await expect(keeping(scene, catalogFacts)).rejects.toMatchObject({ code: 'CATALOG_LOST' });
  const report = await rebuild(scene);
  expect(report).toMatchObject({ copies: 2, aside: null });
  expect(await keeping(scene, catalogFacts)).toMatchObject({ there: true });
});

test('on a machine where there never was one, it is made of what is found', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  const report = await rebuild(scene, {}, { state: 'another' });
  expect(report).toMatchObject({ former: 'there was none', copies: 2, aside: null });
  const trusted = report.places.flatMap(({ copies }) =>
    copies.map((it) => it.backup?.facts.trusted),
  );
  expect(trusted).toEqual([false, false]);
  await keeping(
    scene,
    async ({ catalog }) => {
      const { rows } = await (await catalog.open()).backups();
      expect(rows.map((row) => row.trusted)).toEqual([false, false]);
    },
    { state: 'another' },
  );
});

test('one that works is left alone, unless it is meant, and kept then', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  await expect(rebuild(scene)).rejects.toMatchObject({ code: 'CATALOG_EXISTS' });
  expect(await copiesIn(scene)).toHaveLength(2);
  const { aside } = await rebuild(scene, { anyway: true });
  expect(aside).toMatch(/\.former$/);
  using former = new DatabaseSync(aside ?? '', { readOnly: true });
  expect(former.prepare('select count(*) as count from copies').get()).toEqual({ count: 2 });
  expect(await keeping(scene, verifyAudit)).toMatchObject({ faults: [] });
});

test('one that another process writes to, or a newer Holdfast wrote, is left alone', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  const path = scene.path('state/catalog.db');
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1]);
    database.exec('pragma journal_mode = delete; pragma locking_mode = exclusive; begin exclusive');
    console.log('locked');
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  try {
    await expect(rebuild(scene)).rejects.toMatchObject({ code: 'CATALOG_BUSY' });
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  {
    using database = new DatabaseSync(path);
    database.exec("insert into schema_steps (name, timestamp) values ('999-later', '2026')");
  }
  await expect(rebuild(scene, { anyway: true })).rejects.toMatchObject({ code: 'CATALOG_TOO_NEW' });
  expect(await readdir(scene.path('state'))).not.toContainEqual(
    expect.stringMatching(/damaged|former/),
  );
}, 60_000);

test('a copy that is damaged is told and recorded as such; what is no backup is told only', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  const path = scene.path('copies/two.tar');
  const bytes = await readFile(path);
  const payload = bytes.indexOf('age-encryption.org/v1', bytes.indexOf('secret.age'));
  bytes[payload + 190] = (bytes[payload + 190] ?? 0) ^ 1;
  await writeFile(path, bytes);
  await scene.file('copies/three.tar', 'no backup');
  await scene.file(
    `copies/.four.tar.${'0'.repeat(16)}.partial`,
    await readFile(scene.path('copies/one.tar')),
  );
  await damage(scene, async (it) => await rm(it));
  const { places, copies } = await rebuild(scene);
  expect(copies).toBe(2);
  const outcomes = places[0]?.copies.map(({ file, outcome }) => `${file.slice(0, 9)} ${outcome}`);
  expect(outcomes?.toSorted()).toEqual([
    '.four.tar ok',
    'one.tar ok',
    'three.tar NOT_A_BACKUP',
    'two.tar BACKUP_DAMAGED',
  ]);
  const rows = await copiesIn(scene);
  expect(rows.find(({ file }) => file === 'two.tar')).toMatchObject({
    verifyOutcome: 'BACKUP_DAMAGED',
  });
});

test('every generation is known again, and the older ones as superseded', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  await copyFile(scene.path('copies/one.tar'), scene.path('copies/older.tar'));
  await keeping(scene, async (run) => {
    await changeEnvelopes(
      { path: scene.path('copies/one.tar'), replacePassword: true, workFactor: 2 },
      { ...run, factors: withPassword(PASSWORD, 'another wombat orchid 1887 gravel') },
    );
  });
  await damage(scene, async (it) => await rm(it));
  expect(await rebuild(scene)).toMatchObject({ backups: 2, copies: 3 });
  const rows = await copiesIn(scene);
  const old = rows.filter(({ superseded }) => superseded).map(({ file }) => file);
  expect(old).toEqual(['older.tar']);
});

test('media are known again by what they say of themselves; what people called them is lost', async () => {
  await using scene = await openMediaScene();
  const black = await scene.loop.addStick({ label: 'BLACK' });
  const { media } = scene.run();
  await keeping(
    scene,
    async (run) => {
      await describeMedium({ medium: 'usb:BLACK', name: 'vault-1' }, run);
      await scene.copyTo([black], { run });
    },
    { media },
  );
  await rm(scene.path('state/catalog.db'));
  for (const end of ['-wal', '-shm'])
    await rm(scene.path(`state/catalog.db${end}`), { force: true });
  const selector = { name: 'BLACK', item: null };
  const report = await rebuild(scene, { places: [{ kind: 'medium', selector }] }, { media });
  expect(report).toMatchObject({ copies: 1, media: 1, places: [{ copies: [{ outcome: 'ok' }] }] });
  await keeping(scene, async ({ catalog }) => {
    const rows: readonly MediumRow[] = await (await catalog.open()).media();
    expect(rows).toMatchObject([{ label: 'BLACK', uuid: black.uuid, name: null }]);
  });
  expect(await copiesIn(scene)).toMatchObject([
    { medium: expect.stringMatching(/^[0-9a-f]{32}$/) },
  ]);
  expect(black.mounts()).toEqual([]);
});

test('drills are known again by their receipts, at their own time; one that was altered is not', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  for (const name of ['one', 'two']) {
    await keeping(scene, async (run) => {
      const from = { kind: 'file', path: scene.path(`copies/${name}.tar`) } as const;
      assertDrilled(await drill({ from, which: { kind: 'any' } }, run));
    });
  }
  const drillsIn = async (): Promise<readonly DrillRow[]> =>
    await keeping(scene, async ({ catalog }) => (await (await catalog.open()).drills()).rows);
  const before = await drillsIn();
  expect(before).toHaveLength(2);
  await damage(scene, async (path) => await rm(path));
  expect(await rebuild(scene)).toMatchObject({ drills: 2, warnings: [] });
  const after = await drillsIn();
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  const newest = Date.parse(after[0]?.time ?? '');
  expect(Math.abs(newest - Date.parse(before[0]?.time ?? ''))).toBeLessThan(5000);
  const rows = await copiesIn(scene);
  expect(rows.map(({ drilledAt }) => drilledAt).toSorted()).toEqual(
    after.map(({ time }) => time).toSorted(),
  );
  const name = (await readdir(scene.path('state/drills'))).find((it) => it.endsWith('.json')) ?? '';
  const path = scene.path(`state/drills/${name}`);
  await writeFile(
    path,
    (await readFile(path, 'utf8')).replace('"outcome": "ok"', '"outcome": "no"'),
  );
  const again = await rebuild(scene, { anyway: true });
  expect(again.drills).toBe(1);
  expect(again.warnings).toHaveLength(1);
});

test('custodians are known again by the quorums that name them', async () => {
  await using scene = await openScene();
  await mkdir(scene.path('copies'));
  await keeping(scene, async (run) => {
    for (const name of ['alice', 'bob']) await addCustodian({ name, contact: 'x' }, run);
    const to = scene.path('copies/one.tar');
    const { custodians } = run.catalog;
    await scene.backup('one', { envelopes: ['quorum(2, alice, bob)'], to }, { ...run, custodians });
  });
  await damage(scene, async (path) => await rm(path));
  expect(await rebuild(scene)).toMatchObject({ custodians: 2 });
  const known = await keeping(scene, listCustodians);
  expect(known).toMatchObject([
    { name: 'alice', factors: 'password', contact: null },
    { name: 'bob', factors: 'password', contact: null },
  ]);
  const removing = keeping(scene, async (run) => {
    await removeCustodian({ name: 'alice', anyway: false }, run);
  });
  await expect(removing).rejects.toMatchObject({ code: 'CUSTODIAN_IN_USE' });
});

test('a place that is not there stops it before anything is moved', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  await damage(scene, async (path) => await writeFile(path, 'garbage'));
  const places = [{ kind: 'folder', path: scene.path('nowhere') }] as const;
  await expect(rebuild(scene, { places })).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
  expect(await readFile(scene.path('state/catalog.db'), 'utf8')).toBe('garbage');
  const signal = AbortSignal.abort();
  await expect(rebuild(scene, {}, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await readFile(scene.path('state/catalog.db'), 'utf8')).toBe('garbage');
});

test('what waited in the journal is recorded in the new one', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  await damage(scene, async (path) => await writeFile(path, 'garbage '.repeat(100)));
  await record(scene, {
    action: 'secret.generate',
    outcome: 'ok',
    secret: 'x',
    detail: { version: 1 },
  });
  expect(await readdir(scene.path('state/journal'))).toHaveLength(1);
  await rebuild(scene);
  expect(await readdir(scene.path('state/journal'))).toEqual([]);
  await keeping(scene, async ({ catalog }) => {
    const { rows } = await (await catalog.open()).audit({ secret: 'x' });
    expect(rows).toHaveLength(1);
  });
});

test('a full disk keeps what is done in words, changes nothing, and a register says so', async () => {
  await using scene = await openScene();
  await using mounted = await mountTmpfs('size=1m,mode=0700');
  const instance = instanceAt({ folder: mounted.path });
  const run = async <T>(
    work: (its: Parameters<typeof addCustodian>[1]) => Promise<T>,
  ): Promise<T> => {
    await using catalog = catalogAccess({ instance, surface: 'cli' });
    return await work({ ...scene.run(), instance, catalog, recorder: catalog.recorder });
  };
  await run(async (its) => await addCustodian({ name: 'alice' }, its));
  await writeFile(mounted.at('filler'), Buffer.alloc(4 << 20)).catch(() => undefined);
  const adding = run(async (its) => await addCustodian({ name: 'bob' }, its));
  await expect(adding).rejects.toMatchObject({ code: 'CATALOG_UNWRITABLE' });
  await rm(mounted.at('filler'));
  await run(async ({ catalog }) => {
    const names = (await (await catalog.open()).custodians()).map(({ name }) => name);
    expect(names).toEqual(['alice']);
  });
  await run(async (its) => await addCustodian({ name: 'bob' }, its));
});

test('in PostgreSQL, an empty database is filled, and one that is not is never dropped', async () => {
  await using scene = await openScene();
  await backUpTwo(scene);
  await using server = await openPostgres();
  const url = await server.addDatabase();
  const instance = instanceAt({ folder: scene.path('state') });
  const inPostgres = async (): Promise<RebuildReport> => {
    await using catalog = catalogAccess({ instance, url, surface: 'cli' });
    const run = { ...scene.run(), instance, catalog, recorder: catalog.recorder };
    const places = [{ kind: 'folder', path: scene.path('copies') }] as const;
    return await rebuildCatalog({ places, quick: true, anyway: true }, run);
  };
  expect(await inPostgres()).toMatchObject({ copies: 2, aside: null });
  await expect(inPostgres()).rejects.toMatchObject({ code: 'CATALOG_EXISTS' });
}, 60_000);
