import { catalogError } from '../errors.ts';

type Value = string | number | null;

/** How the rows of one table are kept: which columns are JSON, and which yes or no. */
export interface RowForm<Row extends object> {
  /** Only the columns that are given. */
  encode(row: Partial<Row>): Record<string, Value>;
  /** Of a row with any other columns beside. @throws CATALOG_DAMAGED */
  decode(read: object): Row;
}

export function rowForm<Row extends object>(
  table: string,
  {
    json = [],
    flags = [],
    not = [],
  }: {
    readonly json?: readonly (keyof Row & string)[];
    readonly flags?: readonly (keyof Row & string)[];
    /** Columns that are no part of the row. */
    readonly not?: readonly string[];
  },
): RowForm<Row> {
  const isJson = new Set<string>(json);
  const isFlag = new Set<string>(flags);
  const isOther = new Set<string>(not);
  return {
    encode(row) {
      const columns = Object.entries(row).map(([column, value]: [string, unknown]) => {
        if (value === null || value === undefined) return [column, null];
        if (isJson.has(column)) return [column, JSON.stringify(value)];
        return [column, isFlag.has(column) ? Number(value) : value];
      });
      return Object.fromEntries(columns) as Record<string, Value>;
    },
    decode(read) {
      const fields = Object.entries(read).flatMap(([column, value]: [string, unknown]) => {
        if (isOther.has(column)) return [];
        if (value === null) return [[column, null]];
        if (isJson.has(column)) return [[column, parse(table, column, value)]];
        return [[column, isFlag.has(column) ? Number(value) === 1 : value]];
      });
      return Object.fromEntries(fields) as Row;
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
