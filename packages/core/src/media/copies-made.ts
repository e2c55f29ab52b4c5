import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { CatalogEvent, JobPlace } from '@holdfast/catalog';
import { backupMade, type MadeCopy } from '../record/backup-made.ts';
import { aboutCopy, mediumSeen, placeOnMedium, type CopyPlace } from '../record/places.ts';
import type { Sealed, Sealing } from '../sealing.ts';
import type { CopyOutcome, CopyTarget } from './copy-report.ts';

/** Where a copy will lie. */
export function placeOfTarget(target: CopyTarget): JobPlace {
  return { ...placeIn(target, ''), file: null };
}

/** What the audit log is told of one backup on several media, each under this name; of those that failed too. */
export function copiesMade(
  name: string,
  sealed: Sealed,
  sealing: Sealing,
  targets: readonly CopyTarget[],
  outcomes: readonly CopyOutcome[],
): CatalogEvent[] {
  const secret = sealing.name;
  const all = outcomes.map((outcome, at) => ({ outcome, at, target: targets[at] }));
  const tried = all.flatMap(({ target, ...each }) => (target ? [{ ...each, target }] : []));
  const copies: MadeCopy[] = [];
  const events: CatalogEvent[] = [];
  for (const { outcome, at, target } of tried) {
    if (target.kind === 'medium') events.push(mediumSeen(target.chosen));
    const { proof, removed, removedIds, failure } = outcome;
    const number = at + 1;
    copies.push({
      ...{ ...placeIn(target, name), proof, number, of: tried.length },
      failure: failure?.code,
    });
    for (const [place, old] of removed.entries()) {
      const about = aboutCopy(placeIn(target, old), { backup: removedIds[place] ?? '', secret });
      const detail = { why: `superseded by ${name}` };
      events.push({ action: 'copy.remove', outcome: 'ok', ...about, detail });
    }
  }
  const { origin } = sealing.source;
  return [...backupMade(sealed, { sealing, origin, copies }), ...events];
}

function placeIn(target: CopyTarget, file: string): CopyPlace {
  if (target.kind === 'medium') return placeOnMedium(target.chosen, file);
  const place = { kind: 'folder', path: resolve(target.path), host: hostname() } as const;
  return { place, file, medium: null };
}
