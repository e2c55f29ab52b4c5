import { usageError } from './usage.ts';

/** A date or a time, as the catalog has it. Without a zone it is local; a date alone begins at midnight UTC. */
export async function timeGiven(
  option: string,
  text: string | undefined,
): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const shape =
    /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
  const time = shape.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw await usageError(
    `${option} takes a date or a time, such as 2026-11-25 or 2026-11-25T22:33Z`,
  );
}
