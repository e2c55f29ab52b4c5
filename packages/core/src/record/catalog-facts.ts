import { stat } from 'node:fs/promises';
import type { SignedHead } from '@holdfast/catalog';
import type { Run } from '../run.ts';
import { journalIn } from './journal.ts';
import { readKeptHead } from './kept-head.ts';

/** What there is to say of the catalog itself. */
export interface CatalogReport {
  /** A path, or the address of a database. */
  readonly where: string;
  readonly engine: 'sqlite' | 'postgres';
  /** Whether there is one; what follows is empty where there is not. */
  readonly there: boolean;
  /** Bytes, with what is not merged into the file yet; `null` where the server knows. */
  readonly size: number | null;
  /** The newest step of it. */
  readonly schema: string | null;
  readonly entries: number;
  readonly head: Pick<SignedHead, 'sequence' | 'hash' | 'time'> | null;
  /** The last entry under a signature, and when that was made. */
  readonly signed: Pick<SignedHead, 'sequence' | 'time'> | null;
  /** The head that the state folder keeps. */
  readonly kept: Pick<SignedHead, 'sequence' | 'time'> | null;
  /** Acts that the journal had kept, and that were recorded now. */
  readonly fromJournal: number;
}

/**
 * Says what the catalog is. Where there is none, none is made.
 *
 * @throws what opening the catalog throws
 */
export async function catalogFacts({
  catalog,
  instance,
}: Required<Pick<Run, 'catalog'>> & Pick<Run, 'instance'>): Promise<CatalogReport> {
  const { folder } = instance;
  const waiting = await journalIn(folder, async () => await instance.permissions()).pending();
  const there = (await catalog?.openIfThere()) ?? null;
  const place = catalog?.place ?? { kind: 'sqlite', path: folder };
  const kept = await readKeptHead(folder);
  const last = (await there?.audit({ limit: 1, newestFirst: true }))?.rows[0];
  const signed = (await there?.heads())?.at(-1);
  return {
    where: place.kind === 'sqlite' ? place.path : place.url,
    engine: place.kind,
    there: there !== null,
    size: place.kind === 'sqlite' && there !== null ? await sizeOf(place.path) : null,
    schema: there?.schema ?? null,
    entries: last?.sequence ?? 0,
    head: last === undefined ? null : { sequence: last.sequence, hash: last.hash, time: last.time },
    signed: signed === undefined ? null : { sequence: signed.sequence, time: signed.time },
    kept: kept === null ? null : { sequence: kept.sequence, time: kept.time },
    fromJournal: waiting.length,
  };
}

async function sizeOf(path: string): Promise<number> {
  const sizes = [path, `${path}-wal`].map(async (it) => {
    return await stat(it).then(
      ({ size }) => size,
      () => 0,
    );
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
