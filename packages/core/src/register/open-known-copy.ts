import { hostname } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import type { Catalog, CopyRow } from '@holdfast/catalog';
import { lstatOrNull } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import { openCopy, type GivenCopy, type OpenCopy } from '../drill/open-copy.ts';
import type { Run } from '../run.ts';
import { nameOfRow } from './known-media.ts';

export interface KnownCopyRequest {
  /** Id of the backup. */
  readonly backup: string;
  /** Id of the copy; without it, whichever can be reached. */
  readonly copy?: string | undefined;
}

/** A copy that the catalog knows, held for as long as it is open. */
export interface OpenKnownCopy extends OpenCopy {
  readonly row: CopyRow;
  /** How it is named to whoever opens it again. */
  readonly given: GivenCopy;
}

/**
 * Opens a copy of a backup by what the catalog knows of where it lies: those in folders of this machine first, then
 * those on media that are plugged in.
 *
 * @throws BACKUP_NOT_FOUND when nobody knows the backup, COPY_UNKNOWN when it has no such copy, or none that can be
 *   reached; of a copy that was named what choosing and mounting throw
 */
export async function openKnownCopy(
  { backup, copy }: KnownCopyRequest,
  run: Run,
): Promise<OpenKnownCopy> {
  const catalog = (await run.catalog?.openIfThere()) ?? null;
  const rows = catalog === null ? [] : await copiesOf(backup, catalog);
  if (catalog === null || rows.length === 0) {
    throw coreError('BACKUP_NOT_FOUND', 'no copy of a backup of that id is known');
  }
  if (copy !== undefined) {
    const row = rows.find(({ id }) => id === copy);
    if (row === undefined) throw coreError('COPY_UNKNOWN', 'this backup has no copy of that id');
    return await openRow(row, catalog, run);
  }
  const inOrder = rows.toSorted((a, b) => Number(isOnMedium(a)) - Number(isOnMedium(b)));
  let last: HoldfastError | null = null;
  for (const row of inOrder) {
    try {
      return await openRow(row, catalog, run);
    } catch (cause) {
      if (!(cause instanceof HoldfastError) || cause.code === 'CANCELLED') throw cause;
      last = cause;
    }
  }
  const why = last === null ? '' : `: ${last.message}`;
  throw coreError('COPY_UNKNOWN', `no copy of it can be reached now${why}`);
}

async function openRow(row: CopyRow, catalog: Catalog, run: Run): Promise<OpenKnownCopy> {
  const given = await givenBy(row, catalog);
  await using held = new AsyncDisposableStack();
  const copy = held.use(await openCopy(given, run));
  // A file that is gone is found by looking; on a medium it was found.
  if (given.kind === 'file' && (await lstatOrNull(given.path)) === null) {
    throw coreError('COPY_UNKNOWN', `there is no ${given.path} any more`);
  }
  held.move();
  return { ...copy, row, given };
}

async function givenBy({ place, file, medium }: CopyRow, catalog: Catalog): Promise<GivenCopy> {
  if (place.kind === 'folder') {
    if (place.host === hostname()) return { kind: 'file', path: join(place.path, file) };
    throw coreError('COPY_UNKNOWN', `it lies on the machine ${place.host}`);
  }
  const known = (await catalog.media()).find(({ id }) => id === medium);
  if (known === undefined) throw coreError('MEDIUM_UNKNOWN', 'its medium is not in the register');
  const name = known.uuid ?? known.serial ?? nameOfRow(known);
  return { kind: 'medium', selector: { name, item: file } };
}

function isOnMedium({ place }: CopyRow): boolean {
  return place.kind === 'medium';
}

/** Those that are there, of the newest generation first. */
async function copiesOf(backup: string, catalog: Catalog): Promise<readonly CopyRow[]> {
  const { rows } = await catalog.copies({ backup, present: true, limit: 1000 });
  return rows.toSorted((a, b) => b.generation - a.generation);
}
