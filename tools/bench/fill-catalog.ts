import { DatabaseSync } from 'node:sqlite';

import { entryHash, openCatalog, type CatalogEvent, type RecordedEvent } from '@holdfast/catalog';
import { SAMPLE, sampleBackup, sampleCopy, sampleEvent } from '@holdfast/catalog/testing';

const SECRETS = 10;
const KEPT = 3;
const EVENTS_A_BACKUP = 5;
const AT_ONCE = 1000;

/**
 * Makes a catalog with so many entries: half of them of backups, of which the last three of each secret are
 * still there, and half of a secret that is read every minute.
 */
export async function fillCatalog(path: string, entries: number): Promise<void> {
  const backups = Math.floor(entries / 2 / EVENTS_A_BACKUP);
  await recordBackups(path, backups);
  addReadings(path, entries);
}

async function recordBackups(path: string, backups: number): Promise<void> {
  await using catalog = await openCatalog({ kind: 'sqlite', path }, { create: true });
  let act: RecordedEvent[] = [];
  for (let number = 0; number < backups; number += 1) {
    act.push(...oneBackup(number).map((event) => sampleEvent(event, number * 60)));
    if (act.length < AT_ONCE && number < backups - 1) continue;
    await catalog.record(act);
    act = [];
  }
}

function oneBackup(number: number): CatalogEvent[] {
  const secret = `secret-${number % SECRETS}`;
  const name = (of: number): string => `backup-${of}`;
  const place = { kind: 'folder', path: '/mnt/backups', host: 'vault1' } as const;
  const former = number - SECRETS * KEPT;
  const { copy } = sampleCopy(name(former));
  return [
    {
      ...{ action: 'job.begin', outcome: 'ok', job: `job-${number}`, secret },
      detail: {
        ...{ kind: 'backup', pid: number, boot: 'boot', processStarted: '1', host: 'vault1' },
        places: [{ place, medium: null, file: null }],
      },
    },
    sampleBackup(name(number), {}, secret),
    { ...sampleCopy(name(number)), secret },
    former < 0
      ? { action: 'secret.read', outcome: 'ok', secret, detail: { version: null } }
      : { action: 'copy.remove', outcome: 'ok', secret, copy, detail: { why: 'retention' } },
    { action: 'job.end', outcome: 'ok', job: `job-${number}`, detail: { seconds: 1.5 } },
  ];
}

/** Past the catalog, which would take minutes for it; with the chain that it would have made. */
function addReadings(path: string, entries: number): void {
  using database = new DatabaseSync(path);
  const last = database.prepare('select sequence, hash from audit order by sequence desc').get();
  let { sequence, hash: previous } = last as { sequence: number; hash: string };
  const { who, from, instance } = SAMPLE.actor;
  const insert = database.prepare(
    `insert into audit (sequence, id, time, actor_who, actor_from, actor_instance, action, outcome,
      secret, detail, previous, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  database.exec('pragma synchronous = off; begin');
  while (sequence < entries) {
    sequence += 1;
    const event: CatalogEvent = {
      ...{ action: 'secret.read', outcome: 'ok', secret: `secret-${sequence % SECRETS}` },
      detail: { version: 1 },
    };
    const recorded = sampleEvent(event, sequence * 60);
    const hash = entryHash({ ...recorded, sequence, previous });
    insert.run(
      ...[sequence, recorded.id, recorded.time, who, from, instance, event.action, 'ok'],
      ...[event.secret ?? null, '{"version":1}', previous, hash],
    );
    previous = hash;
  }
  database.exec('commit');
}
