import { usageError } from './usage.ts';

const DAY = 24 * 60 * 60 * 1000;

/** A span such as `180d`, `6m` or `1y` in whole days; `never` is 0. */
export async function daysGiven(
  option: string,
  text: string | undefined,
): Promise<number | undefined> {
  if (text === undefined) return undefined;
  if (text === 'never') return 0;
  const { parseDuration } = await import('@holdfast/core');
  const days = (parseDuration(text) ?? 0) / DAY;
  if (Number.isInteger(days) && days > 0) return days;
  throw await usageError(
    `${option} takes whole days, such as 180d, 6m or 1y, or never: not ${text}`,
  );
}
