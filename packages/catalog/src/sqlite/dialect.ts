import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type SqliteDatabase,
  type SqliteStatement,
  type TransactionSettings,
} from 'kysely';
import { isBusy } from './failure.ts';

const KEPT_STATEMENTS = 256;

/** SQLite as Node has it built in. `busyTimeout`: how long to wait for another writer, in milliseconds. */
export function nodeSqliteDialect(database: DatabaseSync, busyTimeout: number): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(database, busyTimeout),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** SQLite rolls a half-made schema back, which Kysely does not count on. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync;
  readonly #busyTimeout: number;

  constructor(database: DatabaseSync, busyTimeout: number) {
    super({ database: adapted(database) });
    this.#database = database;
    this.#busyTimeout = busyTimeout;
  }

  /**
   * Takes the lock of the writer at once: a transaction that only asks for it when it first writes can lose what
   * it read before. Waits without blocking, as who holds the lock may be in this very process.
   */
  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    if (settings?.accessMode === 'read only') {
      await connection.executeQuery(CompiledQuery.raw('begin'));
      return;
    }
    const deadline = performance.now() + this.#busyTimeout;
    for (;;) {
      try {
        this.#database.exec('pragma busy_timeout = 0');
        this.#database.exec('begin immediate');
        return;
      } catch (cause) {
        if (!isBusy(cause) || performance.now() >= deadline) throw cause;
      } finally {
        this.#database.exec(`pragma busy_timeout = ${this.#busyTimeout}`);
      }
      await wait(1 + Math.random() * 10);
    }
  }

  override async rollbackTransaction(): Promise<void> {
    // SQLite has rolled back by itself after the gravest errors, which must not be hidden by a second one.
    if (this.#database.isTransaction) this.#database.exec('rollback');
    await Promise.resolve();
  }
}

function adapted(database: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => {
      kept.clear();
      database.close();
    },
    prepare(sql) {
      let statement = kept.get(sql);
      if (statement === undefined) {
        statement = adaptedStatement(database.prepare(sql));
        if (kept.size >= KEPT_STATEMENTS) kept.clear();
        kept.set(sql, statement);
      }
      return statement;
    },
  };
}

function adaptedStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}
