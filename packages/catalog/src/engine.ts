import type { Kysely } from 'kysely';
import type { Client } from 'pg';
import type { EngineKind } from './schema/engine-kind.ts';
import type { Tables } from './schema/tables.ts';

/** A database that a catalog is kept in. What goes wrong with it is thrown as a typed error. */
export interface Engine extends AsyncDisposable {
  readonly kind: EngineKind;
  /** What only PostgreSQL has; `null` for any other. */
  readonly postgres: PostgresAccess | null;
  /** Where it is, for a message. */
  readonly name: string;
  read<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** One transaction, after all others that write: all of it is done and durable, or nothing. */
  write<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Everything as it was at one moment, whoever writes meanwhile, and for as long as it takes. */
  snapshot<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
}

/** For what is no row of a catalog: a queue, locks, notifications. */
export interface PostgresAccess {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  /** A connection of its own, whose end releases its locks. The caller ends it. @throws CATALOG_UNREACHABLE */
  connect(): Promise<Client>;
}
