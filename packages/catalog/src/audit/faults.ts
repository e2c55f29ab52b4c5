import type { ChainFault } from '../ports.ts';

/** A log of which everything was changed is told in a bounded report. */
const TOLD = 1000;

/** What was found wrong, in the order in which it was found. */
export interface Faults {
  add(sequence: number, kind: ChainFault['kind'], words: string): void;
  /** That the entry at `sequence` was made as entry `origin`. Neighbours that moved together are one fault. */
  addMoved(sequence: number, origin: number): void;
  /** Whether the entries themselves are all as they were recorded, whoever signed them. */
  readonly entriesAreWhole: boolean;
  all(): readonly ChainFault[];
}

interface Moved {
  readonly first: number;
  readonly last: number;
  readonly by: number;
}

export function collectFaults(): Faults {
  const faults: ChainFault[] = [];
  let untold = 0;
  let whole = true;
  let moved: Moved | null = null;

  function push(fault: ChainFault): void {
    if (fault.kind !== 'bad signature' && fault.kind !== 'unknown signer') whole = false;
    if (faults.length < TOLD) faults.push(fault);
    else untold += 1;
  }

  function tellMoved(): void {
    if (moved === null) return;
    const { first, last, by } = moved;
    moved = null;
    const words =
      first === last
        ? `entry ${first} was recorded as entry ${first + by}`
        : `${entries(first, last)} were recorded as ${entries(first + by, last + by)}`;
    push({ sequence: first, kind: 'reordered', words });
  }

  return {
    add(sequence, kind, words) {
      tellMoved();
      push({ sequence, kind, words });
    },
    addMoved(sequence, origin) {
      const by = origin - sequence;
      if (moved?.by === by && moved.last + 1 === sequence) {
        moved = { ...moved, last: sequence };
        return;
      }
      tellMoved();
      moved = { first: sequence, last: sequence, by };
      whole = false;
    },
    get entriesAreWhole() {
      return whole;
    },
    all() {
      tellMoved();
      const last = faults.at(-1);
      if (untold === 0 || last === undefined) return faults;
      return [...faults, { ...last, words: `${untold} more faults, which are not listed` }];
    },
  };
}

/** `entry 5`, `entries 5 to 9`. */
export function entries(first: number, last: number): string {
  return first === last ? `entry ${first}` : `entries ${first} to ${last}`;
}
