import type { Catalog, Json, ScheduleRow } from '@holdfast/core/service';
import type { NewJob } from '../jobs/ports.ts';
import type { Service } from '../service.ts';

/** Begins what a schedule is for. Resolves to the id of its job, the first of several. */
export async function beginTask(schedule: ScheduleRow, service: Service): Promise<string | null> {
  const { name, what, request, changedBy } = schedule;
  const asked: Omit<NewJob, 'request' | 'kind'> = {
    by: {
      id: `schedule:${name}`,
      name: `${changedBy} (schedule ${name})`,
      role: 'operator',
    },
    from: 'a schedule',
  };
  let first: string | null = null;
  for (const [kind, each] of await tasks(what, request, await service.catalog())) {
    const { id } = await service.jobs.submit({ ...asked, kind, request: each });
    first ??= id;
  }
  return first;
}

async function tasks(
  what: string,
  request: Json,
  catalog: Catalog,
): Promise<readonly (readonly [kind: string, request: Json])[]> {
  if (what !== 'verify') return [[what, request]];
  const copies = await newestCopies(String(request['secret']), catalog);
  return copies.map(({ backup, copy }) => [what, { backup, copy, with: 'structure' }]);
}

/** Where the newest backup of a secret lies, as far as is known. */
async function newestCopies(
  secret: string,
  catalog: Catalog,
): Promise<readonly { readonly backup: string; readonly copy: string }[]> {
  const { rows } = await catalog.backups({ secret, limit: 1 });
  const [newest] = rows;
  if (newest === undefined) return [];
  const copies = await catalog.copies({ backup: newest.id, present: true });
  return copies.rows
    .filter(({ superseded }) => !superseded)
    .map(({ id, backup }) => ({ backup, copy: id }));
}
