import type { Kysely } from 'kysely';
import type { EngineKind } from './schema/migrations.ts';
import type { Tables } from './schema/tables.ts';

/** A database that a catalog is kept in. What goes wrong with it is thrown as a typed error. */
export interface Engine extends AsyncDisposable {
  readonly kind: EngineKind;
  /** Where it is, for a message. */
  readonly name: string;
  read<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** One transaction, after all others that write: all of it is done and durable, or nothing. */
  write<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
  /** Everything as it was at one moment, whoever writes meanwhile, and for as long as it takes. */
  snapshot<Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>;
}
