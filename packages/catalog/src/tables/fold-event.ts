import type { RecordedEvent } from '../ports.ts';
import { access } from './access.ts';
import { backups } from './backups.ts';
import { copies } from './copies.ts';
import { custodians } from './custodians.ts';
import { drills } from './drills.ts';
import { jobs } from './jobs.ts';
import { media } from './media.ts';
import { schedules } from './schedules.ts';
import { secrets } from './secrets.ts';
import type { Columns, Table, Value } from './table.ts';
import { tokens } from './tokens.ts';

/** All that is folded out of the audit log. */
export const TABLES: readonly Table[] = [
  secrets,
  backups,
  copies,
  media,
  custodians,
  tokens,
  drills,
  jobs,
  access,
  schedules,
];

/** Where rows are kept while events are folded into them. `sequence` is the entry that a row began with. */
export interface RowStore {
  find(table: Table, key: readonly Value[]): Promise<StoredRow | null>;
  insert(table: Table, key: readonly Value[], row: StoredRow): Promise<void>;
  update(table: Table, key: readonly Value[], row: StoredRow): Promise<void>;
  remove(table: Table, key: readonly Value[]): Promise<void>;
}

export interface StoredRow {
  readonly sequence: number;
  readonly columns: Columns;
}

/** Brings every table that an event touches up to it. */
export async function foldEvent(
  rows: RowStore,
  recorded: RecordedEvent,
  sequence: number,
): Promise<void> {
  for (const table of TABLES) {
    const key = table.keyOf(recorded.event);
    if (key === null) continue;
    const before = await rows.find(table, key);
    const columns = table.fold(before?.columns ?? null, recorded);
    if (columns === (before?.columns ?? null)) continue;
    if (columns === null) await rows.remove(table, key);
    else if (before === null) await rows.insert(table, key, { sequence, columns });
    else await rows.update(table, key, { sequence: before.sequence, columns });
  }
}
