import type { BackupRow, SecretRow } from '@holdfast/catalog';
import { isAhead } from '../clock.ts';
import type { LiveStatus } from './report.ts';

/** The last look at a live secret. */
export type Observation = Pick<SecretRow, 'observedMark' | 'observedAt' | 'observedOutcome'>;

/**
 * What the last look at a live secret says of its newest backup. One from before that backup says nothing, and
 * neither does one from the future.
 */
export function liveStatus(
  { observedMark, observedAt, observedOutcome }: Observation,
  newest: BackupRow | null,
  now: number,
): LiveStatus {
  const failure = observedOutcome === null || observedOutcome === 'ok' ? null : observedOutcome;
  const since = isSince(observedAt, newest) ? observedAt : null;
  const mark = newest?.mark ?? null;
  const compared = since !== null && mark !== null && observedMark !== null;
  const same = compared && observedMark === mark;
  if (compared && !same) return { state: 'rotated since', at: since, failure };
  if (failure !== null) return { state: 'unreadable', at: since, failure };
  const state = same && !isAhead(since, now) ? 'same' : 'unknown';
  return { state, at: since, failure };
}

function isSince(at: string | null, newest: BackupRow | null): boolean {
  return at !== null && newest !== null && Date.parse(at) >= Date.parse(newest.created);
}
