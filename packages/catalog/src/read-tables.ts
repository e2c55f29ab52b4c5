import type { Kysely } from 'kysely';
import { paged, pageSize, sequenceIn } from './page.ts';
import type { BackupRow, Catalog, CopyRow, DrillRow, JobRow } from './ports.ts';
import type { Page, Paged } from './paging.ts';
import type { Tables } from './schema/tables.ts';
import { backups } from './tables/backups.ts';
import { copies } from './tables/copies.ts';
import { drills } from './tables/drills.ts';
import { jobs } from './tables/jobs.ts';

type Filter<Name extends 'backups' | 'copies' | 'drills' | 'jobs'> = NonNullable<
  Parameters<Catalog[Name]>[0]
>;

export async function pageOfBackups(
  db: Kysely<Tables>,
  filter: Filter<'backups'>,
): Promise<Paged<BackupRow>> {
  const { secret, id } = filter;
  let query = db
    .selectFrom('backups')
    .selectAll()
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('backups as later')
            .select('later.id')
            .whereRef('later.id', '=', 'backups.id')
            .whereRef('later.generation', '>', 'backups.generation'),
        )
        .as('superseded'),
    );
  if (secret !== undefined) query = query.where('secret', '=', secret);
  if (id !== undefined) query = query.where('id', '=', id);
  const from = sequenceIn(filter.after);
  if (from !== null) query = query.where('sequence', '<', from);
  const read = await query.orderBy('sequence', 'desc').limit(asked(filter)).execute();
  return pageOf(read, filter, ({ superseded, ...stored }) => ({
    ...backups.decode(stored),
    superseded: Boolean(superseded),
  }));
}

export async function pageOfCopies(
  db: Kysely<Tables>,
  filter: Filter<'copies'>,
): Promise<Paged<CopyRow>> {
  const { secret, backup, medium, file, present } = filter;
  let query = db
    .selectFrom('copies')
    .selectAll()
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('backups as later')
            .select('later.id')
            .whereRef('later.id', '=', 'copies.backup')
            .whereRef('later.generation', '>', 'copies.generation'),
        )
        .as('superseded'),
    );
  if (secret !== undefined) query = query.where('secret', '=', secret);
  if (backup !== undefined) query = query.where('backup', '=', backup);
  if (medium !== undefined) query = query.where('medium', '=', medium);
  if (file !== undefined) query = query.where('file', '=', file);
  if (present !== undefined) query = query.where('removedAt', present ? 'is' : 'is not', null);
  const from = sequenceIn(filter.after);
  if (from !== null) query = query.where('sequence', '<', from);
  const read = await query.orderBy('sequence', 'desc').limit(asked(filter)).execute();
  return pageOf(read, filter, ({ superseded, ...stored }) => ({
    ...copies.decode(stored),
    superseded: Boolean(superseded),
  }));
}

export async function pageOfDrills(
  db: Kysely<Tables>,
  filter: Filter<'drills'>,
): Promise<Paged<DrillRow>> {
  const { secret, copy, id } = filter;
  let query = db.selectFrom('drills').selectAll();
  if (secret !== undefined) query = query.where('secret', '=', secret);
  if (copy !== undefined) query = query.where('copy', '=', copy);
  if (id !== undefined) query = query.where('id', '=', id);
  const from = sequenceIn(filter.after);
  if (from !== null) query = query.where('sequence', '<', from);
  const read = await query.orderBy('sequence', 'desc').limit(asked(filter)).execute();
  return pageOf(read, filter, drills.decode);
}

export async function pageOfJobs(
  db: Kysely<Tables>,
  filter: Filter<'jobs'>,
): Promise<Paged<JobRow>> {
  const { running } = filter;
  let query = db.selectFrom('jobs').selectAll();
  if (running !== undefined) query = query.where('endedAt', running ? 'is' : 'is not', null);
  const from = sequenceIn(filter.after);
  if (from !== null) query = query.where('sequence', '<', from);
  const read = await query.orderBy('sequence', 'desc').limit(asked(filter)).execute();
  return pageOf(read, filter, jobs.decode);
}

/** One more than a page has, to see whether there is another. */
function asked(filter: Page): number {
  return pageSize(filter) + 1;
}

function pageOf<Read extends { readonly sequence: number }, Row>(
  read: readonly Read[],
  filter: Page,
  rowOf: (read: Read) => Row,
): Paged<Row> {
  return paged(read, pageSize(filter), { keyOf: ({ sequence }) => String(sequence), rowOf });
}
