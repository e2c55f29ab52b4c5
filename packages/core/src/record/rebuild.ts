import { HoldfastError } from '@holdfast/age';
import { openCatalog, type CatalogEvent, type RebuildFacts } from '@holdfast/catalog';
import { catalogError } from '@holdfast/catalog/errors';
import { headChecker } from '../audit/check-head.ts';
import { coreError } from '../errors.ts';
import type { ManagingRun } from '../register/managing.ts';
import { lookAt, type FoundPlace, type SearchedPlace } from './found-copies.ts';
import { custodiansIn } from './found-custodians.ts';
import { receiptsIn } from './found-receipts.ts';
import { readKeptHead } from './kept-head.ts';
import { keepFormerHead, setCatalogAside } from './set-aside.ts';

export interface RebuildRequest {
  readonly places: readonly SearchedPlace[];
  /** Look at what takes little time only: not at every byte. */
  readonly quick: boolean;
  /** Also where a catalog is that works; it is kept aside. */
  readonly anyway: boolean;
}

export interface RebuildReport extends RebuildFacts {
  /** Where the former catalog lies now; `null`: there was none to keep. */
  readonly aside: string | null;
  readonly places: readonly Omit<FoundPlace, 'events'>[];
  readonly drills: number;
  readonly custodians: number;
  /** Receipts that are not counted, each with its reason. */
  readonly warnings: readonly string[];
}

/**
 * Makes a new catalog of what folders, media and receipts prove. The former one is kept under another name. Everything
 * is read before anything is moved. What nothing proves is lost with it: names and places of media, contacts, the log.
 *
 * @throws CATALOG_EXISTS when there is one that works, CATALOG_BUSY, CATALOG_TOO_NEW, CATALOG_UNREACHABLE,
 *   CATALOG_DAMAGED when it is a database of PostgreSQL, what finding and mounting media throw, CANCELLED
 */
export async function rebuildCatalog(
  { places, quick, anyway }: RebuildRequest,
  run: ManagingRun,
): Promise<RebuildReport> {
  const { catalog, instance } = run;
  const { recorder } = catalog;
  await instance.signer();
  const former = await stateOf(run);
  if (former.state === 'works' && (!anyway || catalog.place.kind === 'postgres')) {
    throw coreError(
      'CATALOG_EXISTS',
      `${nameOfPlace(run)} holds a catalog that works${former.but}`,
    );
  }
  const found: FoundPlace[] = [];
  for (const place of places) found.push(await lookAt(place, { quick }, run));
  const receipts = await receiptsIn(instance);
  const copies = found.flatMap((it) => it.copies);
  const custodians = custodiansIn(copies);
  const events = [...found.flatMap((it) => it.events), ...custodians];

  const now = new Date();
  // Whoever looked for a medium may have opened the former one.
  await catalog[Symbol.asyncDispose]();
  const aside = await putAside(former.state, now, run);
  {
    const permissions = await instance.permissions();
    const { fileMode: mode, gid } = permissions;
    const place = catalog.place.kind === 'sqlite' ? { ...catalog.place, mode, gid } : catalog.place;
    await using _ = await openCatalog(place, { create: true });
  }
  const facts = {
    former: await inWords(former, aside, run),
    backups: countOf(events, 'backup.find', 'backup'),
    copies: countOf(events, 'copy.find', 'copy'),
    media: countOf(events, 'medium.see', 'medium'),
  };
  // The journal would keep what this catalog cannot take; here that is the act itself.
  const made = await catalog.open();
  for (let at = 0; at < events.length; at += AT_ONCE)
    await recorder.record(events.slice(at, at + AT_ONCE));
  // After the copies that they are about.
  await made.record(receipts.events);
  await recorder.record([{ action: 'catalog.rebuild', outcome: 'ok', detail: facts }]);
  return {
    ...facts,
    aside,
    places: found.map(({ where, copies: its }) => ({ where, copies: its })),
    drills: receipts.events.length,
    custodians: custodians.length,
    warnings: receipts.refused,
  };
}

/** Events in one act: a stick holds more than one should be. */
const AT_ONCE = 1000;

interface Former {
  readonly state: 'none' | 'lost' | 'damaged' | 'works';
  /** What is wrong with it, where there is anything. */
  readonly but: string;
}

async function stateOf(run: ManagingRun): Promise<Former> {
  const { place } = run.catalog;
  try {
    await using there = await openCatalog(place, { create: false });
    const { rows } = await there.audit({ limit: 1 });
    if (rows.length === 0) return { state: await noneOrLost(run), but: '' };
    // All of it is read: it may be damaged where nobody looked yet.
    const check = await headChecker(run.instance);
    const { signal, onProgress } = run;
    const { faults } = await there.verifyChain({
      check,
      signal,
      onProgress: (done, total) => onProgress?.({ phase: 'checking', done, total }),
    });
    const but = faults.length === 0 ? '' : ', although its audit log was altered';
    return { state: 'works', but };
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    if (cause.code === 'CATALOG_LOST') return { state: await noneOrLost(run), but: '' };
    if (cause.code !== 'CATALOG_DAMAGED') throw cause;
    if (place.kind === 'sqlite') return { state: 'damaged', but: cause.message };
    throw catalogError(
      'CATALOG_DAMAGED',
      `${cause.message}; it is left as it is: make an empty database, and name that in catalog.url`,
      { cause },
    );
  }
}

async function noneOrLost({ instance }: ManagingRun): Promise<'none' | 'lost'> {
  return (await readKeptHead(instance.folder)) === null ? 'none' : 'lost';
}

async function putAside(
  state: Former['state'],
  now: Date,
  { catalog: { place }, instance }: ManagingRun,
): Promise<string | null> {
  if (state === 'none') return null;
  await keepFormerHead(instance.folder, now);
  if (place.kind === 'postgres') return null;
  const why = state === 'damaged' ? 'damaged' : 'former';
  return await setCatalogAside(place.path, { now, why });
}

async function inWords(
  { state }: Former,
  aside: string | null,
  { instance }: ManagingRun,
): Promise<string> {
  const kept = await readKeptHead(instance.folder);
  const head =
    kept === null || kept.hash === ''
      ? ''
      : `; its last signed head was entry ${String(kept.sequence)}, ${kept.hash}, of ${kept.time}`;
  switch (state) {
    case 'none':
      return 'there was none';
    case 'lost':
      return `it was lost${head}`;
    case 'damaged':
      return `it was damaged, and is kept as ${aside ?? 'it was'}${head}`;
    case 'works':
      return `it was replaced on purpose, and is kept as ${aside ?? 'it was'}${head}`;
  }
}

function nameOfPlace({ catalog: { place } }: ManagingRun): string {
  return place.kind === 'sqlite' ? place.path : place.url;
}

function countOf(
  events: readonly CatalogEvent[],
  action: CatalogEvent['action'],
  subject: 'backup' | 'copy' | 'medium',
): number {
  const its = events.filter((event) => event.action === action);
  return new Set(its.map((event) => event[subject])).size;
}
