import { HoldfastError } from '@holdfast/age';
import type { Catalog, CopyRow, MediumRow } from '@holdfast/catalog';
import type { Run } from '../run.ts';
import type { SheetCopy, SheetCustodian } from './where-and-who.ts';

/** What the catalog adds to a sheet. */
export interface KnownToCatalog {
  readonly copies: readonly SheetCopy[];
  readonly custodians: readonly SheetCustodian[];
}

/** Where the copies of a backup lie, and how to reach custodians. Nothing, where there is no catalog to ask. */
export async function knownToCatalog(
  backup: string,
  names: readonly string[],
  { catalog }: Pick<Run, 'catalog'>,
): Promise<KnownToCatalog> {
  try {
    const there = await catalog?.openIfThere();
    if (!there) return { copies: [], custodians: [] };
    return {
      copies: await copiesOf(backup, there),
      custodians: (await there.custodians()).filter(({ name }) => names.includes(name)),
    };
  } catch (cause) {
    // A sheet with blanks is better than none.
    if (cause instanceof HoldfastError) return { copies: [], custodians: [] };
    throw cause;
  }
}

async function copiesOf(backup: string, catalog: Catalog): Promise<readonly SheetCopy[]> {
  const media = new Map((await catalog.media()).map((row) => [row.id, row]));
  const { rows } = await catalog.copies({ backup, present: true, limit: 100 });
  return rows
    .filter(({ superseded }) => !superseded)
    .map((copy) => sheetCopy(copy, media.get(copy.medium ?? '')));
}

function sheetCopy({ place, file, verifiedAt }: CopyRow, medium: MediumRow | undefined): SheetCopy {
  if (place.kind === 'folder') {
    const where = `${place.path}/${file} on ${place.host}`;
    return { where, location: null, lastVerified: verifiedAt };
  }
  const name = medium?.name ?? medium?.label ?? 'a medium without a name';
  const owner = medium?.owner ?? null;
  const location = [medium?.location ?? null, owner === null ? null : `with ${owner}`]
    .filter((it) => it !== null)
    .join(', ');
  return {
    where: `${name}: ${file}`,
    location: location === '' ? null : location,
    lastVerified: verifiedAt,
  };
}
