/** The clocks of several machines may differ by this much without anybody having set one back. */
const TOLERANCE = 5 * 60 * 1000;

/** Whether a recorded time lies in the future: then a clock was set back, and nobody can tell when it was. */
export function isAhead(time: string | null, now: number): boolean {
  return time !== null && Date.parse(time) > now + TOLERANCE;
}

/** The first time that no clock here should have shown yet. */
export function firstAhead(now: number): string {
  return new Date(now + TOLERANCE + 1).toISOString();
}

/** Milliseconds since then; `null` for what never was, and for what lies in the future: neither is fresh. */
export function ageOf(time: string | null, now: number): number | null {
  if (time === null || isAhead(time, now)) return null;
  return Math.max(0, now - Date.parse(time));
}

/** Whether it was done, and not longer ago than `every`; `null`: at any time. */
export function isInTime(time: string | null, every: number | null, now: number): boolean {
  const age = ageOf(time, now);
  return age !== null && (every === null || age < every);
}
