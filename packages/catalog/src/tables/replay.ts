import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as otherWork } from 'node:timers/promises';
import { throwIfCancelled } from '@holdfast/age';
import { sql, type Kysely } from 'kysely';
import { canonicalJson } from '../audit/canonical.ts';
import type { Faults } from '../audit/faults.ts';
import type { AuditEntry } from '../ports.ts';
import type { Tables } from '../schema/tables.ts';
import { foldEvent, TABLES, type RowStore, type StoredRow } from './fold-event.ts';
import { storedRow } from './sql-rows.ts';
import type { Columns, Table, Value } from './table.ts';

const AT_ONCE = 500;

/** The tables once more, folded anew out of the audit log, to be compared with what they are. */
export interface Replay extends Disposable {
  fold(entry: AuditEntry): Promise<void>;
  /** Adds a fault for every row that does not follow from what was folded. */
  compare(db: Kysely<Tables>, faults: Faults, signal: AbortSignal | undefined): Promise<void>;
}

/** Holds them in a database without a name, which SQLite keeps in memory while it is small, and then on disk. */
export async function openReplay(): Promise<Replay> {
  const { DatabaseSync } = await import('node:sqlite');
  using resources = new DisposableStack();
  const database = resources.use(new DatabaseSync(''));
  database.exec(`
    pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -32768;
    create table rows (
      name text, key text, sequence integer, columns text, touched integer, seen integer default 0,
      primary key (name, key)
    ) without rowid;
    begin`);
  const held = resources.move();
  const rows = replayedRows(database);
  const find = database.prepare('select * from rows where name = ? and key = ?');
  const see = database.prepare('update rows set seen = 1 where name = ? and key = ?');
  const unseen = database.prepare(
    'select key, touched from rows where name = ? and seen = 0 order by touched',
  );

  function compareRow(table: Table, read: Columns, faults: Faults): void {
    const { name } = table;
    const { sequence, columns } = storedRow(read);
    const key = keyText(table.key.map((column) => columns[column] ?? null));
    const replayed = find.get(name, key) as unknown as Replayed | undefined;
    if (replayed === undefined) {
      const words = `the row ${key} of the table ${name} follows from no entry`;
      faults.add(sequence, 'altered', words);
      return;
    }
    see.run(name, key);
    const expected = JSON.parse(replayed.columns) as Columns;
    const differing = Object.keys(columns).filter(
      (column) => columns[column] !== (expected[column] ?? null),
    );
    if (sequence !== replayed.sequence) differing.push('sequence');
    if (differing.length === 0) return;
    const words = `the row ${key} of the table ${name} does not follow from the log in ${differing.join(', ')}`;
    faults.add(replayed.touched, 'altered', words);
  }

  return {
    async fold(entry) {
      rows.entry = entry.sequence;
      await foldEvent(rows, entry, entry.sequence);
    },
    async compare(db, faults, signal) {
      for (const table of TABLES) {
        for await (const row of rowsByKey(db, table, signal)) compareRow(table, row, faults);
        for (const missing of unseen.iterate(table.name)) {
          const { key, touched } = missing as unknown as Replayed;
          const words = `the row ${key} of the table ${table.name} is missing`;
          faults.add(touched, 'altered', words);
        }
      }
    },
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}

interface Replayed {
  readonly key: string;
  readonly sequence: number;
  readonly columns: string;
  /** The last entry that the row follows from. */
  readonly touched: number;
}

function replayedRows(database: DatabaseSync): RowStore & { entry: number } {
  const find = database.prepare('select sequence, columns from rows where name = ? and key = ?');
  const put = database.prepare(
    'insert or replace into rows (name, key, sequence, columns, touched) values (?, ?, ?, ?, ?)',
  );
  const drop = database.prepare('delete from rows where name = ? and key = ?');
  const rows = {
    entry: 0,
    async find({ name }: Table, key: readonly Value[]): Promise<StoredRow | null> {
      const found = find.get(name, keyText(key));
      if (found === undefined) return await Promise.resolve(null);
      const { sequence, columns } = found as unknown as Replayed;
      return await Promise.resolve({ sequence, columns: JSON.parse(columns) as Columns });
    },
    async insert({ name }: Table, key: readonly Value[], row: StoredRow): Promise<void> {
      const { sequence, columns } = row;
      put.run(name, keyText(key), sequence, canonicalJson(columns), rows.entry);
      await Promise.resolve();
    },
    update: async (...it: Parameters<RowStore['update']>): Promise<void> =>
      await rows.insert(...it),
    async remove({ name }: Table, key: readonly Value[]): Promise<void> {
      drop.run(name, keyText(key));
      await Promise.resolve();
    },
  };
  return rows;
}

function keyText(key: readonly Value[]): string {
  return key.map((value) => JSON.stringify(value)).join(' ');
}

async function* rowsByKey(
  db: Kysely<Tables>,
  { name, key }: Table,
  signal: AbortSignal | undefined,
): AsyncGenerator<Columns> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let last: readonly Value[] | null = null;
  for (;;) {
    await otherWork();
    throwIfCancelled(signal);
    const beyond: ReturnType<typeof sql> =
      last === null ? sql`` : sql`where (${columns}) > (${sql.join(last)})`;
    const { rows } = await sql<Columns>`select * from ${sql.table(name)} ${beyond}
      order by ${columns} limit ${AT_ONCE}`.execute(db);
    yield* rows;
    last = rows.at(-1) === undefined ? null : key.map((column) => rows.at(-1)?.[column] ?? null);
    if (rows.length < AT_ONCE) return;
  }
}
