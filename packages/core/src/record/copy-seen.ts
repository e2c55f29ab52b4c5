import type { CatalogEvent, CopyCheck } from '@holdfast/catalog';
import type { OpenBackup } from '../open-backup.ts';
import type { Run } from '../run.ts';
import { factsOfFound } from './facts.ts';
import { copiesIn, replacedBy } from './known-copies.ts';
import { aboutCopy, type CopyPlace } from './places.ts';

/** A copy that somebody looks at, as the audit log is told of it. */
export interface SeenCopy {
  readonly copy: string;
  readonly generation: number;
  /** That backup and copy exist, whoever made them. */
  readonly found: readonly CatalogEvent[];
  checked(this: void, detail: CopyCheck, outcome: string): CatalogEvent;
}

export function copySeen(
  backup: Pick<OpenBackup, 'file' | 'signature'>,
  { place, file, medium }: CopyPlace,
): SeenCopy {
  const { id, secret, generation } = backup.file.manifest;
  const copy = { place, file, medium };
  const about = aboutCopy(copy, { backup: id, secret });
  const facts = { place, generation, file, size: backup.file.size };
  const detail = { ...facts, proof: null, number: null, of: null };
  return {
    copy: about.copy ?? '',
    generation,
    found: [
      { ...about, action: 'backup.find', outcome: 'ok', detail: factsOfFound(backup) },
      { ...about, action: 'copy.find', outcome: 'ok', detail },
    ],
    checked: (check, outcome) => ({ ...about, action: 'copy.verify', outcome, detail: check }),
  };
}

/** What is news of it: nothing where the catalog knows this copy, in this generation. */
export async function newsOf(
  { copy, generation, found }: SeenCopy,
  place: CopyPlace,
  run: Pick<Run, 'catalog'>,
): Promise<readonly CatalogEvent[]> {
  const known = await copiesIn(place, run);
  if (known.some((row) => row.id === copy && row.generation === generation)) return [];
  return [...replacedBy(found[0]?.backup ?? '', known), ...found];
}
