import type { Kysely } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { RowStore } from './fold-event.ts';
import type { Columns, Table, Value } from './table.ts';

type AnyTables = Record<string, Record<string, Value>>;

/** The rows of the tables themselves, within a transaction. */
export function sqlRows(transaction: Kysely<Tables>): RowStore {
  // Which table it is, is known at run time only; its definition says what columns there are.
  const db = transaction as unknown as Kysely<AnyTables>;
  return {
    async find(table, key) {
      const found = await db
        .selectFrom(table.name)
        .selectAll()
        .where((eb) => eb.and(keyed(table, key)))
        .executeTakeFirst();
      return found === undefined ? null : storedRow(found);
    },
    async insert(table, _key, { sequence, columns }) {
      await db
        .insertInto(table.name)
        .values({ ...columns, sequence })
        .execute();
    },
    async update(table, key, { columns }) {
      await db
        .updateTable(table.name)
        .set(columns)
        .where((eb) => eb.and(keyed(table, key)))
        .execute();
    },
    async remove(table, key) {
      await db
        .deleteFrom(table.name)
        .where((eb) => eb.and(keyed(table, key)))
        .execute();
    },
  };
}

/** A row as it was read, its sequence apart. */
export function storedRow(read: Columns): { sequence: number; columns: Columns } {
  const { sequence, ...columns } = read;
  return { sequence: Number(sequence), columns };
}

function keyed(table: Table, key: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(table.key.map((column, at) => [column, key[at] ?? null]));
}
