import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { openCatalog } from './index.ts';
import { ENGINES, headSigner } from './testing/index.ts';
import type { CatalogPlace } from './place.ts';
import type { Catalog } from './ports.ts';

const RECORD = new URL('testing/record.fixture.ts', import.meta.url).pathname;
const { check } = headSigner();

interface Recording {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** How many acts it says that it recorded. */
  recorded(): number;
  stderr(): string;
}

function startRecording(place: CatalogPlace, name: string, count: number): Recording {
  const child = spawn(process.execPath, [RECORD, JSON.stringify(place), name, String(count)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let recorded = 0;
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => {
    recorded += part.toString().split('\n').length - 1;
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  return { child, ended: once(child, 'close'), recorded: () => recorded, stderr: () => stderr };
}

/** Whether the chain and the tables are those of whole acts. Resolves to how many there are. */
async function actsIn(catalog: Catalog): Promise<number> {
  for (;;) {
    const { entries, faults } = await catalog.verifyChain({ check });
    const { rows: copies } = await catalog.copies({ limit: 10_000 });
    const { rows: backups } = await catalog.backups({ limit: 10_000 });
    // A server can still be committing what a dead process asked for.
    if ((await catalog.verifyChain({ check })).entries !== entries) continue;
    expect(faults).toEqual([]);
    expect(copies).toHaveLength(entries / 2);
    expect(backups).toHaveLength(entries / 2);
    return entries / 2;
  }
}

test.each(ENGINES)(
  'eight processes at once make one catalog, and record in it, without a gap, on $engine',
  { timeout: 180_000 },
  async ({ openPlaces }) => {
    await using places = await openPlaces();
    const { place } = await places.add();
    const all = Array.from({ length: 8 }, (_, at) => startRecording(place, `p${at}`, 50));
    await Promise.all(all.map(async ({ ended }) => await ended));
    expect(all.map(({ child, stderr }) => [child.exitCode, stderr()])).toEqual(
      all.map(() => [0, '']),
    );
    await using catalog = await openCatalog(place, { create: false });
    expect(await actsIn(catalog)).toBe(400);
  },
);

test.each(ENGINES)(
  'a process killed at any moment leaves whole acts, and all that it said were recorded, on $engine',
  { timeout: 240_000 },
  async ({ openPlaces }) => {
    await using places = await openPlaces();
    const { place } = await places.add();
    let least = 0;
    for (let round = 0; round < 20; round++) {
      const recording = startRecording(place, `r${round}`, 100_000);
      if (round > 0) await once(recording.child.stdout!, 'data');
      // The first is killed while it makes the catalog, as likely as not.
      await wait(Math.random() * (round === 0 ? 400 : 60));
      recording.child.kill('SIGKILL');
      await recording.ended;
      least += recording.recorded();
      await using catalog = await openCatalog(place, { create: true });
      const acts = await actsIn(catalog);
      expect(acts).toBeGreaterThanOrEqual(least);
      least = acts;
    }
    expect(least).toBeGreaterThan(19);
  },
);

test.each(ENGINES)(
  'two catalogs in one process wait for each other without blocking it, on $engine',
  async ({ openPlaces }) => {
    await using places = await openPlaces();
    const { place } = await places.add();
    await using first = await openCatalog(place, { create: true });
    await using second = await openCatalog(place, { create: true });
    const event = (id: string) => ({
      id,
      time: '2026-03-01T08:00:00.000Z',
      actor: { who: 'root', from: 'cli', instance: 'x' },
      event: { action: 'init', outcome: 'ok', detail: { made: [] } } as const,
    });
    const ids = Array.from({ length: 20 }, (_, at) => String(at));
    await Promise.all(
      ids.flatMap((id) => [first.record([event(`a${id}`)]), second.record([event(`b${id}`)])]),
    );
    expect(await first.verifyChain({ check })).toMatchObject({ entries: 40, faults: [] });
  },
);
