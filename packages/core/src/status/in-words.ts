import type { CopyRow } from '@holdfast/catalog';
import { nameOfRow } from '../register/known-media.ts';
import type { Surroundings } from './view.ts';

const SHOWN = 3;

/** `one, two and 4 more`. */
export function someOf(words: readonly string[]): string {
  const all = [...new Set(words)];
  const more = all.length - SHOWN;
  if (more > 0) return `${all.slice(0, SHOWN).join(', ')} and ${String(more)} more`;
  const last = all.at(-1) ?? '';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 copy`, `2 copies`. */
export function count(number: number, one: string, several: string): string {
  return `${String(number)} ${number === 1 ? one : several}`;
}

/** Where a copy lies: the medium as its owner calls it, or the folder. */
export function whereIs({ place, medium }: CopyRow, { media, host }: Surroundings): string {
  if (place.kind === 'folder')
    return place.host === host ? place.path : `${place.path} on ${place.host}`;
  const row = medium === null ? undefined : media.get(medium);
  return row === undefined ? 'a medium that is not in the register' : nameOfRow(row);
}

/** Enough of a time for a person. */
export function day(time: string): string {
  return time.slice(0, 10);
}
