import { sql, type CreateTableBuilder, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { addService } from './add-service.ts';
import type { EngineKind } from './engine-kind.ts';

/**
 * How the schema came to be, step by step; the names sort in their order. A step that was released stays as it
 * is. In code, so that a bundle holds them.
 */
export function migrations(kind: EngineKind): Record<string, Migration> {
  return {
    '001-begin': { up: async (db: Kysely<unknown>) => await begin(db, kind) },
    '002-service': { up: async (db: Kysely<unknown>) => await addService(db, kind) },
  };
}

async function begin(db: Kysely<unknown>, kind: EngineKind): Promise<void> {
  // By bytes, whatever the locale of the server: the order of keys is ours.
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`;
  const integer = kind === 'postgres' ? sql`bigint` : sql`integer`;
  // SQLite would keep a text in a column of numbers.
  const finished = kind === 'sqlite' ? sql`strict` : sql``;

  // What JavaScript counts exactly.
  const countable = sql`sequence between 1 and ${sql.lit(Number.MAX_SAFE_INTEGER)}`;

  const table = async (
    name: string,
    columns: { key: readonly string[]; texts?: readonly string[]; integers?: readonly string[] },
    more = (it: CreateTableBuilder<string>): CreateTableBuilder<string> => it,
  ): Promise<void> => {
    let building: CreateTableBuilder<string> = db.schema.createTable(name);
    const { key, texts = [], integers = [] } = columns;
    for (const column of texts) {
      building = building.addColumn(column, text, (it) =>
        key.includes(column) ? it.notNull() : it,
      );
    }
    for (const column of integers) {
      building = building.addColumn(column, integer, (it) =>
        key.includes(column) || column === 'sequence' ? it.notNull() : it,
      );
    }
    building = building.addPrimaryKeyConstraint(`${name}_key`, key as never[]);
    building = building.addCheckConstraint(`${name}_sequence`, countable);
    await more(building).modifyEnd(finished).execute();
  };

  const index = async (
    on: string,
    columns: readonly string[],
    { name = columns.join('_'), where, unique = false }: IndexOptions = {},
  ): Promise<void> => {
    let building = db.schema
      .createIndex(`${on}_by_${name}`)
      .on(on)
      .columns([...columns]);
    if (unique) building = building.unique();
    const narrowed = where === undefined ? building : building.where(where);
    await narrowed.execute();
  };

  await table('audit', {
    key: ['sequence'],
    integers: ['sequence'],
    texts: [
      ...['id', 'time', 'actorWho', 'actorFrom', 'actorInstance', 'action', 'outcome'],
      ...['secret', 'backup', 'copy', 'medium', 'token', 'custodian', 'job'],
      ...['detail', 'previous', 'hash'],
    ],
  });
  await index('audit', ['id'], { unique: true });
  await index('audit', ['time', 'sequence'], { name: 'time' });
  await index('audit', ['action', 'sequence'], { name: 'action' });
  await index('audit', ['hash']);
  await index('audit', ['previous']);
  for (const subject of ['secret', 'backup', 'copy', 'medium', 'token', 'custodian', 'job']) {
    const where = sql<boolean>`${sql.ref(subject)} is not null`;
    await index('audit', [subject, 'sequence'], { name: subject, where });
  }
  await table('heads', {
    key: ['sequence'],
    integers: ['sequence'],
    texts: ['hash', 'time', 'signature'],
  });

  await table('secrets', {
    key: ['name'],
    integers: ['sequence'],
    texts: ['name', 'source', 'policy', 'observedMark', 'observedAt', 'observedOutcome'],
  });
  await table('backups', {
    key: ['id', 'generation', 'manifest'],
    integers: ['sequence', 'generation', 'size', 'trusted', 'discreet'],
    texts: [
      ...['id', 'manifest', 'secret', 'previous', 'created', 'host', 'kind', 'payloadDigest'],
      ...['signer', 'waivers', 'envelopes', 'mark', 'recordedAt'],
    ],
  });
  await table('copies', {
    key: ['id'],
    integers: ['sequence', 'generation', 'size', 'number', 'of'],
    texts: [
      ...['id', 'backup', 'secret', 'medium', 'place', 'file', 'proof', 'madeAt'],
      ...['verifiedAt', 'verifyOutcome', 'drilledAt', 'drillOutcome', 'removedAt'],
    ],
  });
  await table('media', {
    key: ['id'],
    integers: ['sequence', 'size', 'protected'],
    texts: [
      ...['id', 'label', 'uuid', 'serial', 'vendor', 'product', 'name', 'location', 'owner'],
      ...['firstSeen', 'lastSeen'],
    ],
  });
  await table('custodians', {
    key: ['name'],
    integers: ['sequence', 'checkEvery'],
    texts: ['name', 'factors', 'contact', 'addedAt', 'removedAt', 'checkedAt', 'checkOutcome'],
  });
  await table('tokens', {
    key: ['token'],
    integers: ['sequence'],
    texts: ['token', 'alias', 'fingerprint', 'enrolledAt', 'lastUsed', 'lastOutcome'],
  });
  await table('drills', {
    key: ['id'],
    integers: ['sequence', 'envelope', 'fromMedium', 'sameAsLive', 'checkPassed'],
    texts: [
      ...['id', 'time', 'outcome', 'secret', 'backup', 'copy', 'medium', 'who', 'custodians'],
      ...['receipt', 'signature'],
    ],
  });
  await table('jobs', {
    key: ['id'],
    integers: ['sequence', 'pid'],
    texts: [
      ...['id', 'kind', 'boot', 'processStarted', 'host', 'places', 'secret', 'backup'],
      ...['beganAt', 'endedAt', 'outcome'],
    ],
  });

  // What is paged, by what it is asked for; a partial index for what is asked for most.
  const present = sql<boolean>`${sql.ref('removedAt')} is null`;
  const running = sql<boolean>`${sql.ref('endedAt')} is null`;
  for (const name of ['backups', 'copies', 'drills', 'jobs']) {
    await index(name, ['sequence'], { unique: true });
  }
  for (const name of ['backups', 'copies', 'drills']) {
    await index(name, ['secret', 'sequence'], { name: 'secret' });
  }
  await index('drills', ['copy', 'sequence'], { name: 'copy' });
  await index('jobs', ['sequence'], { name: 'running', where: running });
  await index('copies', ['sequence'], { name: 'present', where: present });
  await index('copies', ['file', 'sequence'], { name: 'present_file', where: present });
  await index('copies', ['secret', 'sequence'], { name: 'present_secret', where: present });
  for (const column of ['backup', 'medium']) {
    await index('copies', [column, 'sequence'], { name: column });
    await index('copies', [column, 'sequence'], { name: `present_${column}`, where: present });
  }
}

interface IndexOptions {
  readonly name?: string;
  readonly where?: ReturnType<typeof sql<boolean>>;
  readonly unique?: boolean;
}
