import type { CatalogEvent } from '@holdfast/catalog';
import type { Selector } from '@holdfast/media';
import { nameOf } from '../media/choose.ts';
import { openMedium, pickBackup } from '../media/from-medium.ts';
import { factsOfMedium } from '../record/facts.ts';
import { mediumSeen, placeOfFile, placeOnMedium, type CopyPlace } from '../record/places.ts';
import type { Run } from '../run.ts';
import type { DrilledPlace } from './receipt.ts';

/** A file, or the backup on a medium that a selector names. */
export type GivenCopy =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'medium'; readonly selector: Selector };

/** A copy for as long as its medium is held. */
export interface OpenCopy extends AsyncDisposable {
  readonly path: string;
  /** In words. */
  readonly where: string;
  readonly place: CopyPlace;
  readonly told: DrilledPlace;
  /** What the audit log is told of its medium. */
  readonly seen: readonly CatalogEvent[];
}

/** @throws what choosing and mounting throw, BACKUP_NOT_FOUND, BACKUP_AMBIGUOUS */
export async function openCopy(given: GivenCopy, run: Run): Promise<OpenCopy> {
  if (given.kind === 'file') {
    const { path } = given;
    const copy = placeOfFile(path);
    const { place } = copy;
    if (place.kind !== 'folder') throw new TypeError('a file lies in a folder');
    return {
      ...{ path, where: path, place: copy, told: place, seen: [] },
      [Symbol.asyncDispose]: async () => await Promise.resolve(),
    };
  }
  const { selector } = given;
  await using resources = new AsyncDisposableStack();
  const medium = resources.use(await openMedium(selector, run));
  const { chosen } = medium;
  const { path, file } = await pickBackup(medium.backups, selector.item, run.mediumSource);
  const { label, uuid, serial, vendor, product } = factsOfMedium(chosen);
  const held = resources.move();
  return {
    path,
    where: `${file} on ${nameOf(chosen)}`,
    place: placeOnMedium(chosen, file),
    told: { kind: 'medium', label, uuid, serial, vendor, product },
    seen: [mediumSeen(chosen)],
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}
