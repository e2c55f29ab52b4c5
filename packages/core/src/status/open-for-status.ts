import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import type { Catalog } from '@holdfast/catalog';
import { isSystemError } from '@holdfast/media/durable';
import type { Run } from '../run.ts';
import type { HouseView } from './house-findings.ts';

/** The catalog as far as it can be had; `state` says why it cannot. */
export interface CatalogFound {
  readonly catalog: Catalog | null;
  readonly state: HouseView['catalog'];
  /** Whether what is learned can be recorded. */
  readonly writable: boolean;
}

/**
 * What is left behind `resources` is closed there. One that is damaged or gone is told, not thrown.
 *
 * @throws CATALOG_BUSY, CATALOG_TOO_NEW, CATALOG_UNREACHABLE, ACCESS_DENIED: then nobody can tell how things stand
 */
export async function openForStatus(
  { catalog: access }: Pick<Run, 'catalog'>,
  resources: AsyncDisposableStack,
): Promise<CatalogFound> {
  if (access === undefined) return { catalog: null, state: 'none', writable: true };
  try {
    const catalog = await access.openIfThere();
    return { catalog, state: catalog === null ? 'none' : 'ok', writable: true };
  } catch (cause) {
    const gone = stateBy(cause);
    if (gone !== null) return { catalog: null, state: gone, writable: false };
    if (!(cause instanceof HoldfastError) || cause.code !== 'CATALOG_UNWRITABLE') throw cause;
    // What waits in the journal cannot go in; what is in already can be read all the same.
    const { openCatalog } = await import('@holdfast/catalog');
    const catalog = resources.use(await openCatalog(access.place, { create: false }));
    return { catalog, state: 'ok', writable: false };
  }
}

/** How a damaged or lost catalog is told; `null` for any other error. */
export function stateBy(cause: unknown): 'damaged' | 'lost' | null {
  if (!(cause instanceof HoldfastError)) return null;
  if (cause.code === 'CATALOG_DAMAGED') return 'damaged';
  return cause.code === 'CATALOG_LOST' ? 'lost' : null;
}

/** What the catalog could not take in. */
export async function journalOf(stateFolder: string): Promise<HouseView['journal']> {
  const names = await readdir(join(stateFolder, 'journal')).catch((cause: unknown) => {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) return [];
    throw cause;
  });
  return {
    waiting: names.filter((name) => name.endsWith('.json')).length,
    damaged: names.filter((name) => name.endsWith('.json.damaged')).length,
  };
}
