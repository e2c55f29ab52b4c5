import { canonicalJson } from '../audit/canonical.ts';
import { catalogError } from '../errors.ts';
import type { CatalogEvent } from '../events.ts';
import type { RecordedEvent } from '../ports.ts';
import type { Folded } from '../schema/tables.ts';

export type FoldedTable = keyof Folded;

export type Value = string | number | null;
/** What a row is in a database. */
export type Columns = Readonly<Record<string, Value>>;

/** How one table follows from the audit log: pure, so that it can be folded anywhere and compared. */
export interface TableDefinition<Row> {
  readonly name: FoldedTable;
  readonly key: readonly (keyof Row & string)[];
  /** Columns of objects and lists. */
  readonly json?: readonly (keyof Row & string)[];
  /** Columns of yes and no. */
  readonly flags?: readonly (keyof Row & string)[];
  /** The key of the row that an event is about; `null`: it does not touch this table. */
  keyOf(event: CatalogEvent): readonly Value[] | null;
  /** What becomes of that row; `null`: there is none. An unchanged row is the same object. */
  fold(before: Row | null, recorded: RecordedEvent): Row | null;
}

/** A table, its rows as a database keeps them. */
export interface Table {
  readonly name: FoldedTable;
  readonly key: readonly string[];
  keyOf(event: CatalogEvent): readonly Value[] | null;
  /** `before` without its `sequence`. An unchanged row is the same object. */
  fold(before: Columns | null, recorded: RecordedEvent): Columns | null;
}

export interface TypedTable<Row> extends Table {
  /** Of a row with any other columns beside. @throws CATALOG_DAMAGED */
  decode(this: void, stored: object): Row;
}

export function defineTable<Row extends object>(definition: TableDefinition<Row>): TypedTable<Row> {
  const { name, key } = definition;
  const json = new Set<string>(definition.json);
  const flags = new Set<string>(definition.flags);

  function encode(row: Row): Columns {
    const columns = Object.entries(row).map(([column, value]: [string, unknown]) => {
      // An event may lack what a later version of its facts has.
      if (value === null || value === undefined) return [column, null];
      if (json.has(column)) return [column, canonicalJson(value)];
      return [column, flags.has(column) ? Number(value) : value];
    });
    return Object.fromEntries(columns) as Columns;
  }

  function decode(stored: object): Row {
    const fields = Object.entries(stored).flatMap(([column, value]: [string, unknown]) => {
      if (column === 'sequence') return [];
      if (value === null) return [[column, null]];
      if (json.has(column)) return [[column, parse(name, column, value)]];
      return [[column, flags.has(column) ? value === 1 : value]];
    });
    return Object.fromEntries(fields) as Row;
  }

  return {
    ...{ name, key, decode },
    keyOf: (event) => definition.keyOf(event),
    fold(before, recorded) {
      const row = before === null ? null : decode(before);
      const after = definition.fold(row, recorded);
      if (after === row) return before;
      return after === null ? null : encode(after);
    },
  };
}

function parse(table: string, column: string, text: unknown): unknown {
  try {
    return JSON.parse(text as string);
  } catch (cause) {
    const message = `the table ${table} holds what cannot be read, in ${column}`;
    throw catalogError('CATALOG_DAMAGED', message, { cause });
  }
}
