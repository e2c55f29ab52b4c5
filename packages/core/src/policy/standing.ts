import type { CopyRow } from '@holdfast/catalog';

/** What a look at a copy can end with that is said of the copy, not of whoever looked. */
const BAD: ReadonlySet<string> = new Set([
  'AGE_HEADER_INVALID',
  'AGE_HEADER_MAC_MISMATCH',
  'AGE_PAYLOAD_DAMAGED',
  'ARMOR_INVALID',
  'BACKUP_DAMAGED',
  'BACKUP_NOT_FOUND',
  'BACKUP_UNREADABLE',
  'NOT_AGE',
  'NOT_A_BACKUP',
  'PARTS_MISMATCH',
  'READ_BACK_MISMATCH',
  'SIGNATURE_INVALID',
]);

/** Whether the last look at a copy, or the last drill with it, showed that it is no good. */
export function isBad({ verifyOutcome, drillOutcome }: CopyRow): boolean {
  return BAD.has(verifyOutcome ?? '') || BAD.has(drillOutcome ?? '');
}

/** Whether its last look ended with something that is said of the copy. */
export function failedVerification({ verifyOutcome }: CopyRow): boolean {
  return BAD.has(verifyOutcome ?? '');
}

/** Whether something was tried and not shown; what a person broke off says nothing. */
export function failed(outcome: string | null): boolean {
  return outcome !== null && outcome !== 'ok' && outcome !== 'CANCELLED';
}

/** In how many places copies lie: two files on one medium, or in one folder, are lost together. */
export function placesAmong(copies: readonly CopyRow[]): number {
  const places = copies.map(({ medium, place }) => (medium === null ? place : { medium }));
  return new Set(places.map((place) => JSON.stringify(place))).size;
}

/** How many copies count: each medium and each folder once, and none that was found to be no good. */
export function copiesThatCount(copies: readonly CopyRow[]): number {
  return placesAmong(copies.filter((copy) => !isBad(copy)));
}
