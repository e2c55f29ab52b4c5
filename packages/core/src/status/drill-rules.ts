import type { CopyRow } from '@holdfast/catalog';
import { durationText } from '../policy/duration.ts';
import { isInTime } from '../clock.ts';
import { day, whereIs } from './in-words.ts';
import { holdfast, pathOfCopy } from './mend.ts';
import type { Found } from './rule.ts';
import { failed } from '../policy/standing.ts';
import type { SecretView, Surroundings } from './view.ts';

export function* drillFailed(view: SecretView, around: Surroundings): Iterable<Found> {
  for (const copy of view.current) {
    if (!failed(copy.drillOutcome)) continue;
    const words = `the drill with the copy in ${whereIs(copy, around)} failed (${copy.drillOutcome ?? ''})`;
    yield { code: 'drill-failed', severity: 'critical', words, mend: drill(copy, around) };
  }
}

/** Whether it can be restored at all was not shown in time, by no copy of any of its backups. */
export function* drillOverdue(view: SecretView, around: Surroundings): Iterable<Found> {
  const every = view.policy?.drillEvery ?? null;
  const [copy] = view.counted;
  if (every === null || copy === undefined) return;
  if (isInTime(drillsCountFrom(view), every, around.now)) return;
  const words =
    view.drilledAt === null
      ? `never drilled; due every ${durationText(every)}`
      : `not drilled since ${day(view.drilledAt)}; due every ${durationText(every)}`;
  yield { code: 'drill-overdue', severity: 'critical', words, mend: drill(copy, around) };
}

export function* copyDrillOverdue(view: SecretView, around: Surroundings): Iterable<Found> {
  const every = view.policy?.drillEvery ?? null;
  if (every === null || !isInTime(drillsCountFrom(view), every, around.now)) return;
  for (const copy of view.counted) {
    if (isInTime(copy.drilledAt ?? copy.madeAt, every, around.now)) continue;
    const words = `the copy in ${whereIs(copy, around)} was not drilled within ${durationText(every)}`;
    yield { code: 'drill-overdue', severity: 'warning', words, mend: drill(copy, around) };
  }
}

/** From its last drill, or from when there first was something to drill. */
export function drillsCountFrom({ drilledAt, backups }: SecretView): string | null {
  return drilledAt ?? backups.map(({ created }) => created).toSorted()[0] ?? null;
}

function drill(copy: CopyRow, around: Surroundings): string | null {
  return holdfast('drill', pathOfCopy(copy, around));
}
