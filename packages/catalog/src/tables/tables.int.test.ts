import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { BackupFacts, CatalogEvent, MediumFacts } from '../events.ts';
import { openCatalog } from '../index.ts';
import type { Paged } from '../paging.ts';
import {
  ENGINES,
  headSigner,
  SAMPLE,
  sampleBackup,
  sampleCopy,
  sampleEvent,
  type Places,
} from '../testing/index.ts';

const at = (second: number): string => new Date(SAMPLE.time + second * 1000).toISOString();
const { check } = headSigner();

describe.each(ENGINES)('on $engine', ({ openPlaces }) => {
  let places: Places;
  beforeAll(async () => {
    places = await openPlaces();
  });
  afterAll(async () => {
    await places[Symbol.asyncDispose]();
  });

  /** A new catalog in which events happen a second apart, and whose tables follow from them in the end. */
  async function openScene(...events: CatalogEvent[]) {
    await using resources = new AsyncDisposableStack();
    const { place } = await places.add();
    const catalog = resources.use(await openCatalog(place, { create: true }));
    let second = 0;
    const happen = async (...more: CatalogEvent[]): Promise<void> =>
      await catalog.record(more.map((event) => sampleEvent(event, second++)));
    resources.defer(async () => {
      expect((await catalog.verifyChain({ check })).faults).toEqual([]);
    });
    if (events.length > 0) await happen(...events);
    const held = resources.move();
    return {
      catalog,
      happen,
      [Symbol.asyncDispose]: async () => {
        await held.disposeAsync();
      },
    };
  }

  const failed = (event: CatalogEvent): CatalogEvent => ({ ...event, outcome: 'CANCELLED' });
  const oneOf = <Row>({ rows }: Paged<Row>): Row => {
    expect(rows).toHaveLength(1);
    return rows[0]!;
  };

  test('an event that comes twice is recorded once, by its id', async () => {
    await using scene = await openScene();
    const event = sampleEvent(sampleBackup('b1'));
    await scene.catalog.record([event, event]);
    await scene.catalog.record([event, sampleEvent(sampleBackup('b2'))]);
    expect((await scene.catalog.audit()).rows.map((it) => it.event.backup)).toEqual(['b1', 'b2']);
  });

  test('either all events of one act are recorded, or none', async () => {
    await using scene = await openScene();
    const impossible = sampleBackup('b2', { size: 'large' as unknown as number });
    const act = [sampleBackup('b1'), impossible].map((event) => sampleEvent(event));
    await expect(scene.catalog.record(act)).rejects.toThrow();
    expect((await scene.catalog.audit()).rows).toEqual([]);
    expect((await scene.catalog.backups()).rows).toEqual([]);
  });

  test('a backup comes back with every fact of it', async () => {
    const event = sampleBackup('b1', {
      envelopes: [
        {
          index: 1,
          factors: [
            { kind: 'token', label: 'HSM', serial: '1', fingerprint: null, extractable: false },
          ],
        },
        {
          index: 2,
          factors: [{ kind: 'quorum', threshold: 2, custodians: [{ name: 'alice', factors: [] }] }],
        },
      ],
    });
    await using scene = await openScene(event);
    expect(oneOf(await scene.catalog.backups())).toEqual({
      ...(event.detail as BackupFacts),
      id: 'b1',
      secret: 'sso',
      recordedAt: at(0),
      superseded: false,
    });
  });

  test('a failed backup, or a failed copy, is none', async () => {
    await using scene = await openScene(failed(sampleBackup('b1')), failed(sampleCopy('b1')));
    expect((await scene.catalog.backups()).rows).toEqual([]);
    expect((await scene.catalog.copies()).rows).toEqual([]);
    expect(await scene.catalog.secrets()).toEqual([]);
    expect((await scene.catalog.audit()).rows).toHaveLength(2);
  });

  test('a former generation is superseded, and so are its copies, wherever they are', async () => {
    const later = { generation: 2, manifest: 'later' };
    await using scene = await openScene(
      sampleBackup('b1'),
      sampleCopy('b1'),
      sampleCopy('b1', { medium: 'm1' }),
      { ...sampleBackup('b1', later), action: 'backup.change' } as CatalogEvent,
      sampleCopy('b1', { generation: 2 }),
    );
    const backups = await scene.catalog.backups({ id: 'b1' });
    expect(backups.rows.map((it) => [it.generation, it.superseded])).toEqual([
      [2, false],
      [1, true],
    ]);
    const copies = await scene.catalog.copies({ backup: 'b1' });
    expect(copies.rows.map((it) => [it.medium, it.generation, it.superseded])).toEqual([
      ['m1', 1, true],
      [null, 2, false],
    ]);
  });

  test('two files that say that they are the same generation are two backups', async () => {
    await using scene = await openScene(
      sampleBackup('b1', { manifest: 'one' }),
      sampleBackup('b1', { manifest: 'other' }),
    );
    expect((await scene.catalog.backups()).rows.map((it) => it.manifest)).toEqual(['other', 'one']);
  });

  test('a backup that is found again keeps what only its maker knows', async () => {
    const found = { ...sampleBackup('b1', { mark: null, discreet: true }), secret: undefined };
    await using scene = await openScene(sampleBackup('b1', { discreet: true }), {
      ...found,
      action: 'backup.find',
    } as CatalogEvent);
    expect(oneOf(await scene.catalog.backups())).toMatchObject({
      ...{ secret: 'sso', mark: 'c3'.repeat(32), recordedAt: at(0) },
    });
  });

  test('a removed copy is absent, and present again when it is made again', async () => {
    const copy = sampleCopy('b1');
    const remove: CatalogEvent = {
      ...{ action: 'copy.remove', outcome: 'ok', backup: 'b1', copy: copy.copy },
      detail: { why: 'retention' },
    };
    await using scene = await openScene(sampleBackup('b1'), copy, failed(remove));
    expect(oneOf(await scene.catalog.copies({ present: true })).removedAt).toBeNull();
    await scene.happen(remove);
    expect((await scene.catalog.copies({ present: true })).rows).toEqual([]);
    expect(oneOf(await scene.catalog.copies({ present: false })).removedAt).toBe(at(3));
    await scene.happen(copy);
    expect(oneOf(await scene.catalog.copies({ present: true }))).toMatchObject({
      ...{ removedAt: null, madeAt: at(4) },
    });
  });

  const verify = (copy: string, outcome = 'ok'): CatalogEvent => ({
    ...{ action: 'copy.verify', outcome, copy },
    detail: { checked: 'everything', fromMedium: true, opened: [1] },
  });
  const drill = (copy: string, id: string, outcome = 'ok'): CatalogEvent => ({
    ...{ action: 'drill', outcome, copy, secret: 'sso', backup: 'b1' },
    detail: {
      ...{ id, envelope: 1, custodians: ['alice'], fromMedium: true, sameAsLive: null },
      ...{ checkPassed: false, receipt: '{}', signature: null },
    },
  });

  test('a copy knows when it was verified and drilled last, and how the last time ended', async () => {
    const copy = sampleCopy('b1');
    const { copy: id } = copy;
    await using scene = await openScene(copy, verify(id), drill(id, 'd1'));
    await scene.happen(verify(id, 'FILE_DAMAGED'), drill(id, 'd2', 'CHECK_FAILED'));
    expect(oneOf(await scene.catalog.copies())).toMatchObject({
      ...{ verifiedAt: at(1), verifyOutcome: 'FILE_DAMAGED' },
      ...{ drilledAt: at(2), drillOutcome: 'CHECK_FAILED' },
    });
  });

  test('a copy that is only seen again keeps its history; another file in its place has none', async () => {
    const copy = sampleCopy('b1');
    const find = (generation: number): CatalogEvent =>
      ({ ...sampleCopy('b1', { generation, proof: null }), action: 'copy.find' }) as CatalogEvent;
    await using scene = await openScene(copy, verify(copy.copy), find(1));
    expect(oneOf(await scene.catalog.copies())).toMatchObject({
      ...{ madeAt: at(0), verifiedAt: at(1), proof: 'remounted' },
    });
    await scene.happen(find(2));
    expect(oneOf(await scene.catalog.copies())).toMatchObject({
      ...{ madeAt: at(3), verifiedAt: null, verifyOutcome: null, proof: null, generation: 2 },
    });
  });

  test('what is told of a copy that nobody knows makes none', async () => {
    await using scene = await openScene(verify('c1'), drill('c1', 'd1'));
    expect((await scene.catalog.copies()).rows).toEqual([]);
    expect(oneOf(await scene.catalog.drills())).toMatchObject({ copy: 'c1' });
  });

  test('drills are kept, failed ones too, with yes, no and not known', async () => {
    await using scene = await openScene(drill('c1', 'd1', 'CHECK_FAILED'));
    expect(oneOf(await scene.catalog.drills({ secret: 'sso' }))).toEqual({
      ...{ id: 'd1', time: at(0), outcome: 'CHECK_FAILED', who: SAMPLE.actor.who },
      ...{ secret: 'sso', backup: 'b1', copy: 'c1', medium: null, envelope: 1 },
      ...{ custodians: ['alice'], fromMedium: true, sameAsLive: null, checkPassed: false },
      ...{ receipt: '{}', signature: null },
    });
    expect(oneOf(await scene.catalog.drills({ id: 'd1' })).id).toBe('d1');
    expect((await scene.catalog.drills({ copy: 'c2' })).rows).toEqual([]);
  });

  test('a secret is described, and observed; what could not be read says nothing of its value', async () => {
    const observe = (mark: string | null, outcome = 'ok'): CatalogEvent => ({
      ...{ action: 'secret.observe', outcome, secret: 'sso', detail: { mark } },
    });
    const source = { kind: 'file', what: ['/etc/sso'] } as const;
    await using scene = await openScene(
      failed({ action: 'secret.read', outcome: '', secret: 'typo', detail: { version: null } }),
      sampleBackup('b1'),
      { action: 'secret.describe', outcome: 'ok', secret: 'sso', detail: { source, policy: 'p' } },
      observe('m1'),
      observe(null, 'SOURCE_NOT_FOUND'),
    );
    expect(await scene.catalog.secrets()).toEqual([
      {
        ...{ name: 'sso', source, policy: 'p', observedMark: 'm1', observedAt: at(3) },
        observedOutcome: 'SOURCE_NOT_FOUND',
      },
    ]);
  });

  const facts: MediumFacts = {
    ...{ label: 'BLACK', uuid: '1234-ABCD', serial: '1', vendor: 'SanDisk', product: 'Ultra' },
    size: 8_000_000_000,
  };
  const nothing: MediumFacts = {
    ...{ label: null, uuid: null, serial: null, vendor: null, product: null, size: null },
  };

  test('a medium keeps what its owner says of it, whenever it is seen', async () => {
    const said = { name: 'bank box 2', location: 'bank', owner: 'alice', protected: true };
    await using scene = await openScene(
      { action: 'medium.see', outcome: 'ok', medium: 'm1', detail: facts },
      { action: 'medium.describe', outcome: 'ok', medium: 'm1', detail: { ...nothing, ...said } },
      { action: 'medium.see', outcome: 'ok', medium: 'm1', detail: { ...facts, label: 'WHITE' } },
    );
    expect(await scene.catalog.media()).toEqual([
      { ...facts, ...said, id: 'm1', label: 'WHITE', firstSeen: at(0), lastSeen: at(2) },
    ]);
    await scene.happen({
      action: 'medium.describe',
      outcome: 'ok',
      medium: 'm1',
      detail: { ...nothing, name: null },
    });
    expect(await scene.catalog.media()).toMatchObject([
      { name: null, location: 'bank', protected: true, lastSeen: at(2) },
    ]);
  });

  test('a forgotten medium is gone, and new when it is seen again', async () => {
    await using scene = await openScene(
      { action: 'medium.see', outcome: 'ok', medium: 'm1', detail: facts },
      { action: 'medium.forget', outcome: 'ok', medium: 'm1', detail: {} },
    );
    expect(await scene.catalog.media()).toEqual([]);
    await scene.happen({ action: 'medium.see', outcome: 'ok', medium: 'm1', detail: facts });
    expect(await scene.catalog.media()).toMatchObject([
      { firstSeen: at(2), name: null, protected: false },
    ]);
  });

  test('a custodian is added, changed, checked and removed', async () => {
    const named = { custodian: 'alice' };
    const share = { envelope: 1, set: 's' };
    const alice = { factors: 'password', contact: 'a@example.org', checkEvery: 90 };
    await using scene = await openScene(
      { action: 'custodian.check', outcome: 'ok', custodian: 'bob', detail: share },
      failed({ action: 'custodian.add', outcome: '', custodian: 'bob', detail: alice }),
      { action: 'custodian.add', outcome: 'ok', ...named, detail: alice },
      { action: 'custodian.check', outcome: 'ok', ...named, detail: share },
      { action: 'custodian.contribute', outcome: 'SHARE_INVALID', ...named, detail: share },
      { action: 'custodian.change', outcome: 'ok', ...named, detail: { ...alice, contact: null } },
    );
    const row = { name: 'alice', ...alice, contact: null, addedAt: at(2), removedAt: null };
    expect(await scene.catalog.custodians()).toEqual([
      { ...row, checkedAt: at(3), checkOutcome: 'SHARE_INVALID' },
    ]);
    await scene.happen({ action: 'custodian.remove', outcome: 'ok', ...named, detail: {} });
    expect(await scene.catalog.custodians()).toMatchObject([{ removedAt: at(6) }]);
    await scene.happen({ action: 'custodian.add', outcome: 'ok', ...named, detail: alice });
    expect(await scene.catalog.custodians()).toEqual([
      { ...row, ...alice, addedAt: at(7), checkedAt: null, checkOutcome: null },
    ]);
  });

  test('a token is enrolled, used and forgotten', async () => {
    const token = 'HSM 0001';
    const detail = { alias: 'hsm', fingerprint: 'SHA256:x' };
    await using scene = await openScene(
      failed({ action: 'token.test', outcome: '', token: 'other', detail }),
      { action: 'token.enroll', outcome: 'ok', token, detail },
      { action: 'restore', outcome: 'PIN_INCORRECT', token, detail: { where: '/x', envelope: 1 } },
    );
    const row = { token, ...detail, enrolledAt: at(1), lastUsed: at(1) };
    expect(await scene.catalog.tokens()).toEqual([{ ...row, lastOutcome: 'PIN_INCORRECT' }]);
    await scene.happen(
      { action: 'token.test', outcome: 'ok', token, detail: { alias: null, fingerprint: null } },
      { action: 'token.forget', outcome: 'ok', token, detail },
    );
    expect(await scene.catalog.tokens()).toEqual([
      { ...row, alias: null, enrolledAt: null, lastUsed: at(3), lastOutcome: 'ok' },
    ]);
  });

  const begin = (job: string): CatalogEvent => ({
    ...{ action: 'job.begin', outcome: 'ok', job, secret: 'sso' },
    detail: {
      ...{ kind: 'backup', pid: 4711, boot: 'boot', processStarted: '99', host: 'vault1' },
      places: [{ place: { kind: 'folder', path: '/x', host: 'vault1' }, medium: null, file: null }],
    },
  });
  const end = (job: string, outcome: string): CatalogEvent => ({
    ...{ action: 'job.end', outcome, job, backup: 'b1', detail: { seconds: 1.25 } },
  });
  const interrupted = (job: string): CatalogEvent => ({
    ...{ action: 'job.interrupted', outcome: 'ok', job, detail: { found: 'at the next start' } },
  });

  test('a job runs until its end is known, or known to be missing', async () => {
    await using scene = await openScene(begin('j1'), begin('j2'), begin('j3'), begin('j4'));
    await scene.happen(end('j1', 'ok'), end('j2', 'MEDIUM_FULL'), interrupted('j3'));
    expect(oneOf(await scene.catalog.jobs({ running: true }))).toMatchObject({
      ...{ id: 'j4', outcome: 'running', endedAt: null, pid: 4711, secret: 'sso' },
      places: [{ place: { path: '/x' }, medium: null, file: null }],
    });
    const { rows } = await scene.catalog.jobs({ running: false });
    expect(rows.map((it) => [it.id, it.outcome, it.endedAt, it.backup])).toEqual([
      ['j3', 'INTERRUPTED', at(6), null],
      ['j2', 'MEDIUM_FULL', at(5), 'b1'],
      ['j1', 'ok', at(4), 'b1'],
    ]);
  });

  test('a job that ended is not interrupted, and its own end outweighs what others believed', async () => {
    await using scene = await openScene(begin('j1'), end('j1', 'ok'), interrupted('j1'));
    await scene.happen(begin('j2'), interrupted('j2'), end('j2', 'ok'), interrupted('j3'));
    const { rows } = await scene.catalog.jobs();
    expect(rows.map((it) => [it.id, it.outcome])).toEqual([
      ['j2', 'ok'],
      ['j1', 'ok'],
    ]);
  });

  async function keysOf<Row, Key>(
    page: (after: string | undefined) => Promise<Paged<Row>>,
    keyOf: (row: Row) => Key,
  ): Promise<Key[][]> {
    const pages: Key[][] = [];
    let after: string | undefined;
    do {
      const { rows, next } = await page(after);
      pages.push(rows.map(keyOf));
      after = next ?? undefined;
    } while (after !== undefined);
    return pages;
  }

  test('pages follow each other without a gap, and the last one says that it is', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await using scene = await openScene(
      ...names.flatMap((it) => [sampleBackup(it), sampleCopy(it), drill(it, it), begin(it)]),
    );
    const { catalog } = scene;
    const newestFirst = [['e', 'd'], ['c', 'b'], ['a']];
    const secret = 'sso';
    const id = (row: { id: string }) => row.id;
    expect(
      await keysOf(async (after) => await catalog.backups({ after, limit: 2, secret }), id),
    ).toEqual(newestFirst);
    expect(await keysOf(async (after) => await catalog.drills({ after, limit: 2 }), id)).toEqual(
      newestFirst,
    );
    expect(
      await keysOf(async (after) => await catalog.jobs({ after, limit: 2, running: true }), id),
    ).toEqual(newestFirst);
    expect(
      await keysOf(
        async (after) => await catalog.copies({ after, limit: 2 }),
        (it) => it.backup,
      ),
    ).toEqual(newestFirst);
    expect((await catalog.backups({ limit: 5 })).next).toBeNull();
  });

  test('the audit log is read in pages, either way, by what an entry is about', async () => {
    const names = ['a', 'b', 'c'];
    await using scene = await openScene(...names.flatMap((it) => [sampleBackup(it), begin(it)]));
    const { catalog } = scene;
    const number = (row: { sequence: number }) => row.sequence;
    expect(await keysOf(async (after) => await catalog.audit({ after, limit: 4 }), number)).toEqual(
      [
        [1, 2, 3, 4],
        [5, 6],
      ],
    );
    expect(
      await keysOf(
        async (after) =>
          await catalog.audit({ after, limit: 2, newestFirst: true, action: 'job.begin' }),
        number,
      ),
    ).toEqual([[6, 4], [2]]);
    expect((await catalog.audit({ backup: 'b' })).rows.map(number)).toEqual([3]);
    expect((await catalog.audit({ job: 'c', secret: 'sso' })).rows.map(number)).toEqual([6]);
    expect((await catalog.audit({ job: 'c', secret: 'other' })).rows).toEqual([]);
  });

  test('what is asked for by time comes in its order, even when the clock was set back', async () => {
    await using scene = await openScene();
    const { catalog } = scene;
    const init: CatalogEvent = { action: 'init', outcome: 'ok', detail: { made: [] } };
    await catalog.record([5, 6, 2, 3, 4, 4].map((second) => sampleEvent(init, second)));
    const filter = { since: at(3), until: at(6), limit: 2 };
    const number = (row: { sequence: number }) => row.sequence;
    expect(
      await keysOf(async (after) => await catalog.audit({ ...filter, after }), number),
    ).toEqual([
      [4, 5],
      [6, 1],
    ]);
    expect(
      await keysOf(
        async (after) => await catalog.audit({ ...filter, after, newestFirst: true }),
        number,
      ),
    ).toEqual([
      [1, 6],
      [5, 4],
    ]);
  });

  test('all entries come in order, from any one on, and can be called off', async () => {
    await using scene = await openScene();
    const { catalog } = scene;
    const init: CatalogEvent = { action: 'init', outcome: 'ok', detail: { made: [] } };
    await catalog.record(Array.from({ length: 1500 }, () => sampleEvent(init)));
    const read = await Array.fromAsync(catalog.entries({ from: 400 }), ({ sequence }) => sequence);
    expect(read).toEqual(Array.from({ length: 1101 }, (_, index) => 400 + index));
    const cancelled = catalog.entries({ signal: AbortSignal.abort() });
    await expect(Array.fromAsync(cancelled)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  test('names of every kind come back as they went in, but for what has no UTF-8', async () => {
    const names = [
      `it's "quoted"`,
      'naïve 秘密 🔑',
      '\u202Eright to left',
      'line\nbreak',
      '%_\\',
      '',
    ];
    await using scene = await openScene(
      ...names.map((it, index) => sampleBackup(`b${index}`, {}, it)),
    );
    const found = (await scene.catalog.secrets()).map(({ name }) => name);
    expect(new Set(found)).toEqual(new Set(names));
    await scene.happen(sampleBackup('b9', { host: 'nul \0 here, half \uD83D there' }));
    expect((await scene.catalog.backups({ id: 'b9' })).rows[0]?.host).toBe(
      'nul \uFFFD here, half \uFFFD there',
    );
  });
});
