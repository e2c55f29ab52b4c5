import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openCatalog } from '../index.ts';
import {
  ENGINES,
  headSigner,
  sampleBackup,
  sampleCopy,
  sampleEvent,
  type TestPlace,
} from '../testing/index.ts';

const COLUMNS = [
  ...['id', 'time', 'actor_who', 'actor_from', 'actor_instance', 'action', 'outcome'],
  ...['secret', 'backup', 'copy', 'medium', 'token', 'custodian', 'job'],
  ...['detail', 'previous', 'hash'],
];

/** As SQL would have it, whatever the value is. */
async function mutate({ sql }: TestPlace, column: string, value: unknown, sequence: number) {
  await sql(`update audit set ${column} = ? where sequence = ?`, value as string | null, sequence);
}

test.each(ENGINES)(
  'any change of any column of any entry is found, and named, on $engine',
  { timeout: 120_000 },
  async ({ openPlaces }) => {
    await using places = await openPlaces();
    const scene = await places.add();
    await using catalog = await openCatalog(scene.place, { create: true });
    const signer = headSigner();
    const events = Array.from({ length: 4 }, (_, at) => [
      sampleBackup(`b${at}`),
      sampleCopy(`b${at}`, { medium: `m${at}` }),
    ]).flat();
    await catalog.record(events.map((event, at) => sampleEvent(event, at)));
    await catalog.signHead(signer);

    const sequence = fc.integer({ min: 1, max: events.length });
    const value = fc.option(fc.string({ unit: 'grapheme', maxLength: 70 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        sequence,
        fc.constantFrom(...COLUMNS),
        value,
        async (at, column, changed) => {
          const [row] = await scene.sql(
            `select ${column} as was from audit where sequence = ?`,
            at,
          );
          const was = row?.['was'] ?? null;
          fc.pre(was !== changed && changed?.includes('\0') !== true);
          await mutate(scene, column, changed, at);
          const { faults } = await catalog.verifyChain({ check: signer.check });
          await mutate(scene, column, was, at);
          expect(faults.map((it) => [it.sequence, it.kind])).toEqual([[at, 'altered']]);
        },
      ),
      { numRuns: 300 },
    );
    expect((await catalog.verifyChain({ check: signer.check })).faults).toEqual([]);
  },
);

test.each(ENGINES)(
  'an entry that was moved anywhere is found, on $engine',
  { timeout: 120_000 },
  async ({ openPlaces }) => {
    await using places = await openPlaces();
    const scene = await places.add();
    await using catalog = await openCatalog(scene.place, { create: true });
    const { check } = headSigner();
    const events = Array.from({ length: 8 }, (_, at) => sampleBackup(`b${at}`));
    await catalog.record(events.map((event, at) => sampleEvent(event, at)));
    const away = fc.oneof(
      fc.integer({ min: events.length + 1, max: 50 }),
      fc.maxSafeNat().filter((it) => it > events.length),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: events.length - 1 }), away, async (from, to) => {
        const move = async (before: number, after: number) =>
          await scene.sql('update audit set sequence = ? where sequence = ?', after, before);
        await move(from, to);
        const { faults } = await catalog.verifyChain({ check });
        await move(to, from);
        expect(faults.map((it) => [it.sequence, it.kind])).toEqual([
          [from, 'removed'],
          [to, 'reordered'],
        ]);
      }),
      { numRuns: 60 },
    );
  },
);
