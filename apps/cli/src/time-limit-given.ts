import { usageError } from './usage.ts';

/** What a unit is worth in milliseconds. `m` is left out: elsewhere it is a month. */
const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, min: 60_000, h: 3_600_000 };

/** A timer cannot wait longer. */
const LONGEST = 24 * 3_600_000;

/** A short span such as `60s`, `5min` or `1h`, in milliseconds; a bare number is seconds. */
export async function timeLimitGiven(option: string, text: string): Promise<number> {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})(s|min|h)?$/.exec(text) ?? [];
  const span = Number(count) * (UNITS[unit] ?? NaN);
  if (count !== '' && span <= LONGEST) return span;
  throw await usageError(
    `${option} takes a time of up to 24h, such as 60s, 5min or 1h: not ${text}`,
  );
}
