import { createHash } from 'node:crypto';
import type { PlaceFacts } from './events.ts';

/** What tells one copy from all others; the next generation in the same place is the same copy. */
export interface CopyName {
  readonly backup: string;
  readonly place: PlaceFacts;
  /** Id of the medium, where the place is one. */
  readonly medium: string | null;
  /** Name of the file. */
  readonly file: string;
}

/** The id of a copy: the same whoever computes it, and whenever. */
export function copyId({ backup, place, medium, file }: CopyName): string {
  const where =
    place.kind === 'medium' ? ['medium', medium, file] : ['folder', place.host, place.path, file];
  return createHash('sha256')
    .update(JSON.stringify([backup, ...where]))
    .digest('hex')
    .slice(0, 32);
}
