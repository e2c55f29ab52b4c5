import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openCatalog } from '../index.ts';
import type { Catalog, ChainReport, SignedHead } from '../ports.ts';
import {
  ENGINES,
  headSigner,
  sampleBackup,
  sampleCopy,
  sampleEvent,
  type Places,
  type TestPlace,
} from '../testing/index.ts';
import { entryHash } from './entry.ts';

const signer = headSigner();
const ENTRIES = 10;

/** A catalog of ten entries with heads at 4 and 10, which is attacked past Holdfast and then verified. */
async function openScene({ place, sql }: TestPlace) {
  await using resources = new AsyncDisposableStack();
  const catalog = resources.use(await openCatalog(place, { create: true }));
  const backup = sampleBackup('b1');
  const copy = sampleCopy('b1');
  const { copy: id } = copy;
  const events = [
    backup,
    copy,
    sampleCopy('b1', { medium: 'm1' }),
    {
      ...copy,
      action: 'copy.verify',
      detail: { checked: 'structure', fromMedium: true, opened: [] },
    },
    ...[5, 6, 7, 8, 9, 10].map((number) => ({
      action: 'restore',
      outcome: 'ok',
      secret: 'sso',
      copy: id,
      detail: { where: `/restored/${String(number)}`, envelope: null },
    })),
  ] as Parameters<typeof sampleEvent>[0][];
  await catalog.record(events.slice(0, 4).map((event, at) => sampleEvent(event, at)));
  await catalog.signHead(signer);
  await catalog.record(events.slice(4).map((event, at) => sampleEvent(event, 4 + at)));
  const head = await catalog.signHead(signer);
  const held = resources.move();
  return {
    ...{ catalog, head, sql },
    verify: async (known: SignedHead | null = null): Promise<ChainReport> =>
      await catalog.verifyChain({ check: signer.check, known }),
    /** Rewrites an entry, and gives it a hash that is right for it. */
    async forge(sequence: number, actor: string): Promise<string> {
      const { rows } = await catalog.audit({ after: String(sequence - 1), limit: 1 });
      const entry = rows[0]!;
      const forged = { ...entry, actor: { ...entry.actor, who: actor } };
      const hash = entryHash(forged);
      await sql(
        'update audit set actor_who = ?, hash = ? where sequence = ?',
        actor,
        hash,
        sequence,
      );
      return hash;
    },
    [Symbol.asyncDispose]: async () => {
      await held.disposeAsync();
    },
  };
}

const told = ({ faults }: ChainReport) => faults.map(({ sequence, kind }) => [sequence, kind]);

describe.each(ENGINES)('on $engine', ({ openPlaces }) => {
  let places: Places;
  beforeAll(async () => {
    places = await openPlaces();
  });
  afterAll(async () => {
    await places[Symbol.asyncDispose]();
  });
  const attacked = async () => await openScene(await places.add());

  test('a chain that nobody touched is whole, and signed up to its head', async () => {
    await using scene = await attacked();
    const report = await scene.verify(scene.head);
    expect(report).toMatchObject({ entries: ENTRIES, signedUpTo: ENTRIES, faults: [] });
    expect(report.head).toEqual({ sequence: ENTRIES, hash: scene.head?.hash });
  });

  test('an altered entry is named', async () => {
    await using scene = await attacked();
    await scene.sql(`update audit set actor_who = 'nobody' where sequence = 6`);
    expect(told(await scene.verify())).toEqual([[6, 'altered']]);
  });

  test('an altered first and an altered last entry are named', async () => {
    await using scene = await attacked();
    await scene.sql(`update audit set outcome = 'CANCELLED' where sequence in (1, 10)`);
    expect(told(await scene.verify())).toEqual([
      [1, 'altered'],
      [10, 'altered'],
    ]);
  });

  test('a detail that says the same in other bytes is altered', async () => {
    await using scene = await attacked();
    await scene.sql(`update audit set detail = detail || ' ' where sequence = 3`);
    expect(told(await scene.verify())).toEqual([[3, 'altered']]);
  });

  test('a removed entry is named, whatever stood around it', async () => {
    await using scene = await attacked();
    await scene.sql('delete from audit where sequence in (1, 6, 7)');
    const report = await scene.verify();
    expect(told(report)).toEqual([
      [1, 'removed'],
      [6, 'removed'],
    ]);
    expect(report.faults[1]?.words).toContain('entries 6 to 7');
  });

  test('two entries that changed places are named', async () => {
    await using scene = await attacked();
    for (const [from, to] of [
      [5, 99],
      [8, 5],
      [99, 8],
    ] as const) {
      await scene.sql('update audit set sequence = ? where sequence = ?', to, from);
    }
    expect(told(await scene.verify())).toEqual([
      [5, 'reordered'],
      [8, 'reordered'],
    ]);
  });

  test('two neighbours that changed places are named', async () => {
    await using scene = await attacked();
    for (const [from, to] of [
      [5, 99],
      [6, 5],
      [99, 6],
    ] as const) {
      await scene.sql('update audit set sequence = ? where sequence = ?', to, from);
    }
    expect(told(await scene.verify())).toEqual([
      [5, 'reordered'],
      [6, 'reordered'],
    ]);
  });

  test('an entry that was put at the end is named where it is and where it is not', async () => {
    await using scene = await attacked();
    await scene.sql('update audit set sequence = 99 where sequence = 3');
    expect(told(await scene.verify())).toEqual([
      [3, 'removed'],
      [99, 'reordered'],
    ]);
  });

  test('a gap that was closed by renumbering is found as the entries that moved up', async () => {
    await using scene = await attacked();
    await scene.sql('delete from audit where sequence = 5');
    for (const from of [6, 7, 8, 9, 10]) {
      await scene.sql('update audit set sequence = ? where sequence = ?', from - 1, from);
    }
    const report = await scene.verify();
    expect(told(report)).toEqual([
      [5, 'reordered'],
      // The head of entry 10 tells that there is none any more.
      [5, 'cut off'],
    ]);
    expect(report.faults[0]?.words).toContain('entries 5 to 9 were recorded as entries 6 to 10');
  });

  test('an entry that was rewritten with its hash is named by the next', async () => {
    await using scene = await attacked();
    await scene.forge(6, 'mallory');
    expect(told(await scene.verify())).toEqual([[6, 'forged']]);
  });

  test('neighbours that were both rewritten with their hashes are both named', async () => {
    await using scene = await attacked();
    await scene.forge(6, 'mallory');
    await scene.forge(7, 'mallory');
    expect(told(await scene.verify())).toEqual([
      [6, 'forged'],
      [7, 'forged'],
    ]);
  });

  test('a last entry that was rewritten with its hash is named by its head', async () => {
    await using scene = await attacked();
    await scene.forge(10, 'mallory');
    const report = await scene.verify();
    expect(told(report)).toEqual([[10, 'forged']]);
    expect(report.signedUpTo).toBe(4);
  });

  test('a chain that was rewritten from one entry to its end is found by a signed head', async () => {
    await using scene = await attacked();
    let previous = await scene.forge(6, 'mallory');
    for (const sequence of [7, 8, 9, 10]) {
      await scene.sql('update audit set previous = ? where sequence = ?', previous, sequence);
      previous = await scene.forge(sequence, 'mallory');
    }
    expect(told(await scene.verify())).toEqual([[10, 'forged']]);
    await scene.sql('delete from heads where sequence = 10');
    expect(told(await scene.verify())).toEqual([]);
    expect(told(await scene.verify(scene.head))).toEqual([[10, 'forged']]);
  });

  test('a first entry that names one before it is forged', async () => {
    await using scene = await attacked();
    await scene.sql('delete from audit where sequence > 1');
    await scene.sql('delete from heads');
    await scene.sql('update audit set previous = ? where sequence = 1', 'f'.repeat(64));
    await scene.forge(1, 'mallory');
    expect(told(await scene.verify())).toEqual([[1, 'forged']]);
  });

  test('a chain that was cut is found by a head of the catalog', async () => {
    await using scene = await attacked();
    await scene.sql('delete from audit where sequence > 7');
    const report = await scene.verify();
    expect(told(report)).toEqual([[8, 'cut off']]);
    expect(report.faults[0]?.words).toContain('entries 8 to 10');
    expect(report.signedUpTo).toBe(4);
  });

  test('a chain that was cut with its heads is found by the head that was kept elsewhere', async () => {
    await using scene = await attacked();
    await scene.sql('delete from audit where sequence > 7');
    await scene.sql('delete from heads where sequence > 7');
    await scene.sql('delete from copies');
    expect(told(await scene.verify(scene.head))).toEqual([[8, 'cut off']]);
  });

  test('an emptied log is cut off at its first entry', async () => {
    await using scene = await attacked();
    await scene.sql('delete from audit');
    const report = await scene.verify();
    expect(told(report)).toEqual([[1, 'cut off']]);
    expect(report).toMatchObject({ entries: 0, head: null, signedUpTo: 0 });
  });

  test('a chain that was cut and grew again is found where it was signed', async () => {
    await using scene = await attacked();
    await scene.sql('delete from audit where sequence > 7');
    const again = Array.from({ length: 4 }, () =>
      sampleEvent({ action: 'init', outcome: 'ok', detail: { made: [] } }),
    );
    await scene.catalog.record(again);
    expect(told(await scene.verify())).toEqual([[10, 'forged']]);
  });

  test.each(['time', 'hash', 'signature'])(
    'a head whose %s was changed has no valid signature',
    async (column) => {
      await using scene = await attacked();
      await scene.sql(`update heads set ${column} = ? where sequence = 4`, 'f'.repeat(64));
      expect(told(await scene.verify())).toEqual([[4, 'bad signature']]);
    },
  );

  test('a head that was moved has no valid signature', async () => {
    await using scene = await attacked();
    await scene.sql('update heads set sequence = 5 where sequence = 4');
    expect(told(await scene.verify())).toEqual([[5, 'bad signature']]);
  });

  test('a head by somebody else is told, and vouches for nothing', async () => {
    await using scene = await attacked();
    const stranger = headSigner({ trusted: false });
    const other = { check: stranger.check };
    await scene.sql('delete from heads');
    await scene.catalog.signHead(stranger);
    const report = await scene.catalog.verifyChain(other);
    expect(told(report)).toEqual([[10, 'unknown signer']]);
    expect(report.signedUpTo).toBe(0);
  });

  test('a kept head that cannot be read, or was changed, is told', async () => {
    await using scene = await attacked();
    const unreadable = { sequence: 0, hash: '', time: '', signature: '' };
    expect(told(await scene.verify(unreadable))).toEqual([[0, 'bad signature']]);
    const changed = { ...scene.head!, sequence: 12 };
    expect(told(await scene.verify(changed))).toEqual([[12, 'bad signature']]);
  });

  test.each([
    ['a changed row', `update copies set verified_at = '2030' where medium is null`, 4],
    ['a row too few', `delete from copies where medium = 'm1'`, 3],
    ['a row too few of backups', 'delete from backups', 1],
    ['a changed secret', `update secrets set policy = 'weak'`, 1],
  ])('%s in the tables is named by the entry that it follows from', async (_, attack, sequence) => {
    await using scene = await attacked();
    await scene.sql(attack);
    const report = await scene.verify();
    expect(told(report)).toEqual([[sequence, 'altered']]);
  });

  test('a row that no entry tells of is named', async () => {
    await using scene = await attacked();
    await scene.sql(`insert into media (id, name, sequence) values ('m9', 'bank box', 7)`);
    const report = await scene.verify();
    expect(told(report)).toEqual([[7, 'altered']]);
    expect(report.faults[0]?.words).toContain('"m9" of the table media');
  });

  test('many faults are told in a bounded report', async () => {
    await using scene = await attacked();
    const more = Array.from({ length: 1100 }, () =>
      sampleEvent({ action: 'init', outcome: 'ok', detail: { made: [] } }),
    );
    await scene.catalog.record(more);
    await scene.sql(`update audit set actor_who = 'nobody'`);
    const { faults } = await scene.verify();
    expect(faults).toHaveLength(1001);
    expect(faults.at(-1)?.words).toContain('110 more');
  });

  test('verifying can be called off', async () => {
    await using scene = await attacked();
    const signal = AbortSignal.abort();
    await expect(scene.catalog.verifyChain({ check: signer.check, signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  test('nothing is signed on top of an entry that was changed', async () => {
    await using scene = await attacked();
    await scene.catalog.record([
      sampleEvent({ action: 'init', outcome: 'ok', detail: { made: [] } }),
    ]);
    await scene.sql(`update audit set actor_who = 'mallory' where sequence = 11`);
    await expect(scene.catalog.signHead(signer)).rejects.toMatchObject({ code: 'AUDIT_BROKEN' });
    await scene.sql('delete from audit where sequence = 11');
    await scene.forge(10, 'mallory');
    await scene.catalog.record([
      sampleEvent({ action: 'init', outcome: 'ok', detail: { made: [] } }),
    ]);
    await expect(scene.catalog.signHead(signer)).rejects.toMatchObject({ code: 'AUDIT_BROKEN' });
    expect(await scene.catalog.heads()).toHaveLength(2);
  });

  test('a head is signed once, and again when something was recorded', async () => {
    await using scene = await attacked();
    expect(await scene.catalog.signHead(signer)).toEqual(scene.head);
    expect((await scene.catalog.heads()).map(({ sequence }) => sequence)).toEqual([4, 10]);
  });
});

test('an empty catalog has no head, and nothing to sign', async () => {
  await using places = await ENGINES[0].openPlaces();
  const { place } = await places.add();
  await using catalog: Catalog = await openCatalog(place, { create: true });
  expect(await catalog.signHead(signer)).toBeNull();
  const report = await catalog.verifyChain({ check: signer.check });
  expect(report).toEqual({ entries: 0, head: null, signedUpTo: 0, faults: [] });
});
