import type { Kysely, Selectable } from 'kysely';
import type { AuditEntry } from '../ports.ts';
import type { AuditTable, Tables } from '../schema/tables.ts';
import { entryHash, NO_ENTRY, strictEntryOfRow } from './entry.ts';
import { entries, type Faults } from './faults.ts';

/** A row of the audit log, and what became of it. */
export interface JudgedRow {
  readonly sequence: number;
  /** As it stands in the row. */
  readonly hash: string;
  /** Over what the row holds. */
  readonly computed: string | null;
  /** The entry, when it is the very one that its hash is of. */
  readonly entry: AuditEntry | null;
  /** The sequence that it was recorded with. */
  readonly origin: number | null;
}

/** Follows the chain, row by row in their order. */
export interface ChainWalk {
  judge(row: Selectable<AuditTable>): Promise<JudgedRow>;
  /** The last entry that stands where it was recorded; 0 without any. */
  readonly lastInPlace: number;
}

/** How far from its place a row is looked for when nothing else says where it comes from. */
const NEAR = 8;

/**
 * An entry vouches for the one before it: by naming its hash. So an entry that was rewritten together with its own
 * hash is found by the next one, and one that was not, by itself.
 */
export function walkChain(db: Kysely<Tables>, faults: Faults): ChainWalk {
  let former: JudgedRow | null = null;
  let expected = 1;
  let lastInPlace = 0;
  /** A gap before a row that came from elsewhere: it is one only if entries in their places follow. */
  let gap: { readonly first: number; readonly last: number } | null = null;

  function tellGap(): void {
    if (gap === null) return;
    const { first, last } = gap;
    gap = null;
    faults.add(
      first,
      'removed',
      `${entries(first, last)} ${first === last ? 'is' : 'are'} missing`,
    );
  }

  async function judgeByItself(row: Selectable<AuditTable>): Promise<JudgedRow> {
    const { sequence, hash } = row;
    const strict = strictEntryOfRow(row);
    const computed = strict === null ? null : entryHash(strict);
    if (computed === hash) return { sequence, hash, computed, entry: strict, origin: sequence };
    const origin = await originOf(db, row, former);
    return { sequence, hash, computed, entry: null, origin };
  }

  function followGap(judged: JudgedRow): void {
    const { sequence, origin } = judged;
    if (sequence > expected) gap ??= { first: expected, last: sequence - 1 };
    if (origin !== null && origin !== sequence) {
      // Rows that moved beyond the end leave no gap between.
      if (gap === null && sequence >= expected) expected = sequence + 1;
      return;
    }
    if (gap !== null && sequence > gap.first) gap = { ...gap, last: sequence - 1 };
    tellGap();
    expected = Math.max(expected, sequence + 1);
    lastInPlace = sequence;
  }

  function compareWithFormer(judged: JudgedRow, row: Selectable<AuditTable>): void {
    const { sequence, entry, origin } = judged;
    if (origin !== null && entry === null) {
      faults.addMoved(sequence, origin);
      return;
    }
    if (entry === null) {
      faults.add(sequence, 'altered', `entry ${sequence} is not what its hash was made of`);
    }
    if (sequence === 1) {
      if (entry !== null && entry.previous !== NO_ENTRY) {
        faults.add(1, 'forged', 'entry 1 says that there was one before it');
      }
      return;
    }
    // Only of two neighbours, the first of them sound, does the second say anything.
    if (former?.entry?.sequence !== sequence - 1 || former.hash === row.previous) return;
    const onlyPrevious = entry === null && isSoundWith(row, { previous: former.hash });
    if (onlyPrevious) return;
    const words = `entry ${former.sequence} is not the one that entry ${sequence} was made after`;
    faults.add(former.sequence, 'forged', words);
  }

  return {
    async judge(row) {
      const judged = await judgeByItself(row);
      followGap(judged);
      compareWithFormer(judged, row);
      former = judged;
      return judged;
    },
    get lastInPlace() {
      return lastInPlace;
    },
  };
}

/** Where a row that does not fit its place was recorded: the place where its hash is right. */
async function originOf(
  db: Kysely<Tables>,
  row: Selectable<AuditTable>,
  former: JudgedRow | null,
): Promise<number | null> {
  const { sequence, previous, hash } = row;
  const audit = db.selectFrom('audit').select('sequence').limit(2);
  const before = await audit.where('hash', '=', previous).execute();
  const after = await audit.where('previous', '=', hash).execute();
  const shift = former === null ? 0 : (former.origin ?? former.sequence) - former.sequence;
  const near = Array.from({ length: 2 * NEAR + 1 }, (_, at) => sequence - NEAR + at);
  const candidates = [
    ...before.map((it) => it.sequence + 1),
    ...after.map((it) => it.sequence - 1),
    sequence + shift,
    ...near,
  ];
  return (
    candidates.find((it) => it >= 1 && it !== sequence && isSoundWith(row, { sequence: it })) ??
    null
  );
}

function isSoundWith(
  row: Selectable<AuditTable>,
  changed: Partial<Pick<AuditEntry, 'sequence' | 'previous'>>,
): boolean {
  const entry = strictEntryOfRow(row);
  return entry !== null && entryHash({ ...entry, ...changed }) === row.hash;
}
