const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What a unit is worth in milliseconds. A month is 30 days and a year 365: these are deadlines, no calendar. */
const UNITS: Readonly<Record<string, number>> = {
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  m: 30 * DAY,
  y: 365 * DAY,
};

/** Reads a duration such as `12h`, `30d`, `2w`, `6m` or `1y`, into milliseconds; `null` for any other text. */
export function parseDuration(text: string): number | null {
  const [, count = '', unit = ''] = /^([1-9][0-9]{0,3})([hdwmy])$/.exec(text) ?? [];
  const worth = UNITS[unit];
  return worth === undefined ? null : Number(count) * worth;
}

/**
 * Writes milliseconds as a duration, in years or days where they are whole, else in hours. What is more than whole
 * hours is cut off: exact for whatever `parseDuration` gave.
 */
export function durationText(milliseconds: number): string {
  const hours = Math.max(0, Math.floor(milliseconds / HOUR));
  if (hours > 0 && hours % (365 * 24) === 0) return `${String(hours / (365 * 24))}y`;
  if (hours > 0 && hours % 24 === 0) return `${String(hours / 24)}d`;
  return `${String(hours)}h`;
}

/** How long something lasted, to be read: in days, and in hours only within the first two. */
export function agoText(milliseconds: number): string {
  if (milliseconds < 2 * DAY) return `${String(Math.max(0, Math.floor(milliseconds / HOUR)))}h`;
  return `${String(Math.floor(milliseconds / DAY))}d`;
}
