import type { Page, Paged } from './paging.ts';

const USUAL = 100;
/** More is asked for in several pages, so that no answer grows without bound. */
const MOST = 10_000;

/** How many rows a page has. */
export function pageSize({ limit = USUAL }: Page): number {
  return Math.min(Math.max(1, Math.floor(limit)), MOST);
}

/** A page out of the rows that were asked for, one more than `size`, if there were as many. */
export function paged<Read, Row>(
  read: readonly Read[],
  size: number,
  { keyOf, rowOf }: { keyOf: (read: Read) => string; rowOf: (read: Read) => Row },
): Paged<Row> {
  const shown = read.slice(0, size);
  const last = shown.at(-1);
  return {
    rows: shown.map(rowOf),
    next: read.length > size && last !== undefined ? keyOf(last) : null,
  };
}

/** The sequence that a page goes on after; a key that no page ever gave begins anew. */
export function sequenceIn(key: string | undefined): number | null {
  return key !== undefined && /^\d{1,15}$/.test(key) ? Number(key) : null;
}
