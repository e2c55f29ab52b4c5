import { randomUUID } from 'node:crypto';
import { mkdtempDisposable, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openCatalog, type Catalog } from '@holdfast/catalog';
import { headSigner, sampleEvent } from '@holdfast/catalog/testing';

import { fillCatalog } from './fill-catalog.ts';
import { interleaved } from './interleaved.ts';
import type { Table } from './table.ts';

const FEW = 1000;
const MANY = 1_000_000;
const ROUNDS = 31;
const REPEATED = 10;
const SECRET = 'secret-3';

type Reading = (catalog: Catalog, entries: number) => Promise<unknown>;

const READINGS: Readonly<Record<string, Reading>> = {
  'audit, the newest page': async (it) => await it.audit({ newestFirst: true }),
  'audit, a page in the midst': async (it, entries) =>
    await it.audit({ after: String(Math.floor(entries / 2)) }),
  'audit of one secret': async (it) => await it.audit({ secret: SECRET, newestFirst: true }),
  'audit of one kind': async (it) => await it.audit({ action: 'secret.read', newestFirst: true }),
  'audit since a time': async (it) => await it.audit({ since: '2026-03-01T12:00:00.000Z' }),
  'backups, the newest page': async (it) => await it.backups(),
  'copies of one secret that are there': async (it) =>
    await it.copies({ secret: SECRET, present: true }),
  'copies, a page in the midst': async (it, entries) =>
    // The young one has no more than these.
    await it.copies({ after: String(Math.floor(entries / 4)), limit: 40 }),
  'all that a status shows': status,
};

/** What reading and recording cost when a catalog has grown old, against a young one. */
export async function benchCatalog(): Promise<Table[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'holdfast-bench-catalog-'));
  const paths = { few: join(folder.path, 'few.db'), many: join(folder.path, 'many.db') };
  await fillCatalog(paths.few, FEW);
  await fillCatalog(paths.many, MANY);
  await using few = await openCatalog({ kind: 'sqlite', path: paths.few }, { create: false });
  await using many = await openCatalog({ kind: 'sqlite', path: paths.many }, { create: false });

  const rows: string[][] = [];
  for (const [name, reading] of Object.entries(READINGS)) {
    const seconds = await interleaved(ROUNDS, {
      few: async () => await timed(async () => await reading(few, FEW)),
      many: async () => await timed(async () => await reading(many, MANY)),
    });
    rows.push(row(name, seconds));
  }
  const opening = async (path: string): Promise<number> =>
    await timed(async () => {
      await using _ = await openCatalog({ kind: 'sqlite', path }, { create: false });
    });
  const opened = await interleaved(ROUNDS, {
    few: async () => await opening(paths.few),
    many: async () => await opening(paths.many),
  });
  const recorded = await interleaved(ROUNDS, {
    few: async () => await timed(async () => await record(few)),
    many: async () => await timed(async () => await record(many)),
  });
  rows.push(row('opening it', opened), row('recording one event, synced', recorded));
  const verified = await verifying(many);
  const bytes = (await stat(paths.many)).size;
  return [
    {
      title: 'A catalog that has grown old',
      note: `SQLite, pages of 100 but for the 40 in the midst of the copies, in milliseconds, at ${FEW} and at ${MANY} entries of the audit log, in turn; medians. The large one takes ${(bytes / 1e6).toFixed(0)} MB, and ${verified.toFixed(0)} seconds to be verified as a whole.`,
      columns: ['what', '1 k', '1 M', '1 M of 1 k'],
      rows,
    },
  ];
}

function row(name: string, { few, many }: { few: number; many: number }): string[] {
  const milliseconds = (seconds: number): string => (seconds * 1000).toFixed(2);
  return [name, milliseconds(few), milliseconds(many), (many / few).toFixed(2)];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let count = 0; count < REPEATED; count += 1) await work();
  return (performance.now() - started) / 1000 / REPEATED;
}

async function status(catalog: Catalog): Promise<void> {
  for (const { name: secret } of await catalog.secrets()) {
    await catalog.backups({ secret, limit: 1 });
    await catalog.copies({ secret, present: true });
    await catalog.drills({ secret, limit: 1 });
  }
  await catalog.jobs({ running: true });
  await catalog.media();
  await catalog.custodians();
  await catalog.tokens();
}

async function record(catalog: Catalog): Promise<void> {
  const detail = { where: '/etc/sso', envelope: 1 };
  const event = { action: 'restore', outcome: 'ok', secret: SECRET, detail } as const;
  await catalog.record([sampleEvent(event, 0, randomUUID())]);
}

async function verifying(catalog: Catalog): Promise<number> {
  const { check } = headSigner();
  const started = performance.now();
  const { faults } = await catalog.verifyChain({ check });
  if (faults.length > 0) throw new Error(`it is not whole: ${faults[0]?.words ?? ''}`);
  return (performance.now() - started) / 1000;
}
