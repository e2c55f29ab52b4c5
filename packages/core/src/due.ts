import { isAhead } from './clock.ts';

/** When something that is to be shown again and again is due. */
export interface Due {
  /** ISO 8601; `null`: never. */
  readonly dueAt: string | null;
  /** Milliseconds; `null`: it is not overdue. */
  readonly overdueBy: number | null;
  /** It was shown last in the future: a clock was set back, and nobody can tell how fresh that is. */
  readonly clockSetBack: boolean;
}

export interface Schedule {
  /** When a copy was drilled, or a custodian checked, last; `null`: never. */
  readonly last: string | null;
  /** When there was something to show first: the copy was made, the custodian added. */
  readonly since: string;
  /** Milliseconds from one time to the next; `null`: as often as anybody likes. */
  readonly every: number | null;
}

/** When the next drill of a copy, or the next check of a custodian, is due. What lies in the future is due now. */
export function dueOf({ last, since, every }: Schedule, now: number): Due {
  const from = last ?? since;
  const clockSetBack = isAhead(from, now);
  if (every === null) return { dueAt: null, overdueBy: null, clockSetBack };
  if (clockSetBack) return { dueAt: new Date(now).toISOString(), overdueBy: 0, clockSetBack };
  const due = Date.parse(from) + every;
  const late = now - due;
  return { dueAt: new Date(due).toISOString(), overdueBy: late >= 0 ? late : null, clockSetBack };
}
