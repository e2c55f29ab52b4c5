import { hostname } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import type { Catalog, CatalogEvent, JobRow } from '@holdfast/catalog';
import { findBackups } from '../media/find-backups.ts';
import { openBackup } from '../open-backup.ts';
import type { Run } from '../run.ts';
import { copySeen } from './copy-seen.ts';
import { placeOfFile } from './places.ts';
import { fateOf } from './this-process.ts';

/** What came of work that was cut off. */
export interface Interrupted {
  readonly job: JobRow;
  /** What was found of it, in words. */
  readonly found: string;
}

/**
 * Looks for work whose process is gone, and for what it left: a backup has its name only when it was proven, so
 * one that is there counts. Everything is recorded; nothing is removed.
 */
export async function reconcileJobs(
  catalog: Catalog,
  run: Pick<Run, 'instance' | 'recorder'>,
): Promise<readonly Interrupted[]> {
  const interrupted: Interrupted[] = [];
  for (let after: string | undefined; ;) {
    const page = await catalog.jobs({ running: true, ...(after !== undefined && { after }) });
    for (const job of page.rows) {
      if (fateOf(job) !== 'gone') continue;
      const left = await leftBy(job, run);
      const found = inWords(job, left.length);
      const about = {
        job: job.id,
        ...(job.secret !== null && { secret: job.secret }),
        ...(job.backup !== null && { backup: job.backup }),
      };
      await run.recorder?.record([
        ...left.flatMap((events) => events.map((event) => ({ ...event, ...secretOf(job) }))),
        { ...about, action: 'job.interrupted', outcome: 'INTERRUPTED', detail: { found } },
      ]);
      interrupted.push({ job, found });
    }
    if (page.next === null) return interrupted;
    after = page.next;
  }
}

/** A discreet backup does not tell of which secret it is; whoever began it did. */
function secretOf({ secret }: JobRow): { readonly secret?: string } {
  return secret === null ? {} : { secret };
}

function inWords({ kind, places }: JobRow, copies: number): string {
  const media = places.filter(({ medium }) => medium !== null).length;
  const unknown = media > 0 ? `; ${String(media)} on media were not looked at` : '';
  if (kind !== 'backup' && kind !== 'envelopes')
    return 'it leaves nothing behind when it is cut off';
  if (copies === 0) return `no whole copy was found${unknown}`;
  return `${String(copies)} whole ${copies === 1 ? 'copy was' : 'copies were'} found${unknown}`;
}

async function leftBy(
  job: JobRow,
  { instance }: Pick<Run, 'instance'>,
): Promise<readonly (readonly CatalogEvent[])[]> {
  if (job.backup === null) return [];
  const events: (readonly CatalogEvent[])[] = [];
  for (const path of await candidates(job, instance)) {
    try {
      await using backup = await openBackup(path, instance, { pastCache: true });
      if (backup.file.manifest.id !== job.backup || backup.signature.status !== 'trusted') continue;
      events.push(copySeen(backup, placeOfFile(path)).found);
    } catch (cause) {
      // It is not there, or no backup: nothing was left in this place.
      if (!(cause instanceof HoldfastError)) throw cause;
    }
  }
  return events;
}

async function candidates(
  { places, backup }: JobRow,
  instance: Run['instance'],
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { place, file } of places) {
    if (place.kind !== 'folder' || place.host !== hostname()) continue;
    if (file !== null) {
      paths.push(join(place.path, file));
      continue;
    }
    const found = await findBackups(place.path, instance).catch((cause: unknown) => {
      if (cause instanceof HoldfastError) return [];
      throw cause;
    });
    const ours = found.filter((it) => !it.unfinished && it.inspection?.id === backup);
    paths.push(...ours.map(({ path }) => path));
  }
  return paths;
}
