import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import type { CatalogEvent, PlaceFacts, Subject } from '@holdfast/catalog';
import { copyId, mediumId } from '@holdfast/catalog/ids';
import type { ChosenVolume } from '@holdfast/media';
import { factsOfMedium } from './facts.ts';

/** Where one copy is, for the catalog. */
export interface CopyPlace {
  readonly place: PlaceFacts;
  readonly file: string;
  /** `null`: it is on no medium of the register. */
  readonly medium: string | null;
}

/** A file by its path, wherever it was written to. A folder of backups and a file in it are one place. */
export function placeOfFile(path: string): CopyPlace {
  const whole = resolve(path);
  return {
    place: { kind: 'folder', path: dirname(whole), host: hostname() },
    file: basename(whole),
    medium: null,
  };
}

export function placeOnMedium(chosen: ChosenVolume, file: string): CopyPlace {
  return {
    place: { kind: 'medium', path: null },
    file,
    medium: mediumId(factsOfMedium(chosen)),
  };
}

/** What an event about a copy is about. */
export function aboutCopy(
  { place, file, medium }: CopyPlace,
  { backup, secret }: { readonly backup: string; readonly secret: string | null },
): Subject {
  return {
    backup,
    copy: copyId({ backup, place, medium, file }),
    ...(secret !== null && { secret }),
    ...(medium !== null && { medium }),
  };
}

/** That a medium was used, and how it calls itself today. */
export function mediumSeen(chosen: ChosenVolume): CatalogEvent {
  const facts = factsOfMedium(chosen);
  return { action: 'medium.see', outcome: 'ok', medium: mediumId(facts), detail: facts };
}
