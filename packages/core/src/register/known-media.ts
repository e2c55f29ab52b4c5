import { HoldfastError } from '@holdfast/age';
import type { MediumRow } from '@holdfast/catalog';
import { mediumId } from '@holdfast/catalog/ids';
import type { ChosenVolume } from '@holdfast/media';
import { factsOfMedium } from '../record/facts.ts';
import type { Run } from '../run.ts';

type WithCatalog = Pick<Run, 'catalog'>;

/** The media of the register, absent ones too. Makes no catalog. @throws as `CatalogAccess.open` */
export async function knownMedia({ catalog }: WithCatalog): Promise<readonly MediumRow[]> {
  const there = await catalog?.openIfThere();
  return there ? await there.media() : [];
}

/**
 * The same for whoever goes on without a register: a catalog that cannot be read now keeps nobody from a stick
 * that is there. `null` then.
 */
export async function knownMediaOrNull(run: WithCatalog): Promise<readonly MediumRow[] | null> {
  try {
    return await knownMedia(run);
  } catch (cause) {
    if (cause instanceof HoldfastError) return null;
    throw cause;
  }
}

/** What `media.protected` would hold for the media that the register protects. */
export function protectedNames(known: readonly MediumRow[]): readonly string[] {
  return known
    .filter((row) => row.protected)
    .flatMap(({ uuid, serial }) => [uuid, serial])
    .filter((it) => it !== null);
}

export function idOf(chosen: ChosenVolume): string {
  return mediumId(factsOfMedium(chosen));
}

/** A name of the register is a medium whatever its label is; its id as well. */
export function isCalled(row: MediumRow, name: string): boolean {
  return row.name === name || row.id === name;
}

/** A medium of the register as a person would call it: by its name, else by its label, else by what it is. */
export function nameOfRow({ name, label, product, serial, id }: MediumRow): string {
  return name ?? label ?? product ?? (serial === null ? id : `serial ${serial}`);
}
