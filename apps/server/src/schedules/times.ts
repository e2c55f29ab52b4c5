import { Cron } from 'croner';
import { serverError } from '../errors.ts';

/** When something is due: five fields, as in crontab(5), in a time zone. */
export interface When {
  readonly cron: string;
  readonly zone: string;
}

/** At most so many times are looked back for. */
const MOST = 1000;

/** @throws SCHEDULE_INVALID, also for what is never due */
export function assertWhen(when: When, now: Date): void {
  if (nextTime(when, now) !== null) return;
  throw serverError('SCHEDULE_INVALID', `"${when.cron}" never comes`);
}

/** The first time after `after`; `null`: never again. @throws SCHEDULE_INVALID */
export function nextTime(when: When, after: Date): Date | null {
  return asked(when, (cron) => cron.nextRun(after));
}

/** The times after `since` that are not after `until`, the newest first; `null`: none. @throws SCHEDULE_INVALID */
export function passedTimes(
  when: When,
  { since, until }: { readonly since: Date; readonly until: Date },
): { readonly times: readonly [Date, ...Date[]] } | null {
  // A time at this very moment counts: croner looks strictly before its reference.
  const before = asked(when, (cron) => cron.previousRuns(MOST, new Date(until.getTime() + 1)));
  const [newest, ...others] = before
    .filter((time) => time > since && time <= until)
    .toSorted((a, b) => b.getTime() - a.getTime());
  return newest === undefined ? null : { times: [newest, ...others] };
}

/** A time zone that does not exist shows only when a time is asked for. */
function asked<Result>({ cron, zone }: When, work: (cron: Cron) => Result): Result {
  try {
    return work(new Cron(cron, { timezone: zone, mode: '5-part', paused: true }));
  } catch (cause) {
    const message = `"${cron}" in the time zone "${zone}" is no schedule`;
    throw serverError('SCHEDULE_INVALID', message, { cause });
  }
}
