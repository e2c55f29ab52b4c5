import { HoldfastError } from '@holdfast/age';
import type { CatalogEvent, CopyRow } from '@holdfast/catalog';
import type { Run } from '../run.ts';
import type { CopyPlace } from './places.ts';

/** The copies that the catalog has in a place, by the name of the file; none where there is no catalog to ask. */
export async function copiesIn(
  { place, file, medium }: CopyPlace,
  { catalog }: Pick<Run, 'catalog'>,
): Promise<readonly CopyRow[]> {
  try {
    const there = await catalog?.openIfThere();
    const found = (await there?.copies({ file, present: true }))?.rows ?? [];
    return found.filter((row) =>
      row.place.kind === 'medium' || place.kind === 'medium'
        ? row.medium === medium && row.place.kind === place.kind
        : row.place.path === place.path && row.place.host === place.host,
    );
  } catch (cause) {
    // A catalog that cannot be asked keeps nobody from working.
    if (cause instanceof HoldfastError) return [];
    throw cause;
  }
}

/** What the audit log is told when other bytes take the place of what was there. */
export function replacedBy(fresh: string, former: readonly CopyRow[]): CatalogEvent[] {
  return former
    .filter(({ backup }) => backup !== fresh)
    .map(({ id, backup, secret, medium }): CatalogEvent => ({
      action: 'copy.remove',
      outcome: 'ok',
      copy: id,
      backup,
      ...(secret !== null && { secret }),
      ...(medium !== null && { medium }),
      detail: { why: 'another backup took its place' },
    }));
}

/** What the audit log is told when a copy that should be there could not even be opened. */
export function copyFailed(
  { id, backup, secret, medium }: CopyRow,
  checked: 'structure' | 'everything',
  outcome: string,
): CatalogEvent {
  return {
    action: 'copy.verify',
    outcome,
    copy: id,
    backup,
    ...(secret !== null && { secret }),
    ...(medium !== null && { medium }),
    detail: { checked, fromMedium: false, opened: [] },
  };
}
