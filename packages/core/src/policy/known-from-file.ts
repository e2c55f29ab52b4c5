import type { BackupRow, CopyRow } from '@holdfast/catalog';
import { openBackup } from '../open-backup.ts';
import { factsOfFound } from '../record/facts.ts';
import { placeOfFile, type CopyPlace } from '../record/places.ts';
import type { Run } from '../run.ts';
import type { Kept, KnownBackup } from './kept.ts';

/**
 * A file as it says of itself, with the other copies that are known of the same generation.
 *
 * @throws as `inspect`
 */
export async function knownFromFile(
  { path, onMedium }: { readonly path: string; readonly onMedium: boolean },
  kept: Kept,
  { instance }: Pick<Run, 'instance'>,
): Promise<KnownBackup> {
  await using backup = await openBackup(path, instance);
  const { id, generation, secret } = backup.file.manifest;
  const facts = factsOfFound(backup);
  const generations = await kept.generations(id);
  const known = generations.find(({ row }) => row.manifest === facts.manifest);
  const row: BackupRow = {
    ...facts,
    ...{ id, secret: secret ?? known?.row.secret ?? null },
    recordedAt: known?.row.recordedAt ?? facts.created,
    superseded: generations.some((other) => other.row.generation > generation),
  };
  const copies = known?.copies ?? [];
  const here = copyHere(row, placeOfFile(path), onMedium);
  return {
    row,
    copies: copies.some((copy) => isSamePlace(copy, here)) ? copies : [...copies, here],
  };
}

/** The file itself as a copy of which nobody has heard. */
function copyHere(
  { id, secret, generation, size, created, superseded }: BackupRow,
  { place, file }: CopyPlace,
  onMedium: boolean,
): CopyRow {
  const never = { verifiedAt: null, verifyOutcome: null, drilledAt: null, drillOutcome: null };
  return {
    ...{ id: '', backup: id, secret, generation, file, size, superseded, madeAt: created },
    ...{ ...never, removedAt: null, proof: null, number: null, of: null },
    // The path on a medium is that of a mount point, which says nothing.
    medium: onMedium ? '' : null,
    place: onMedium ? { kind: 'medium', path: null } : place,
  };
}

/** On a medium the name of the file tells it: it holds when the backup was made. */
function isSamePlace(one: CopyRow, here: CopyRow): boolean {
  if (one.file !== here.file || one.place.kind !== here.place.kind) return false;
  if (one.place.kind === 'medium' || here.place.kind === 'medium') return true;
  return one.place.path === here.place.path && one.place.host === here.place.host;
}
