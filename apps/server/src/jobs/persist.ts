import { HoldfastError } from '@holdfast/core';

/** How often it is tried once the server is asked to end. */
const TRIES = 60;

/** A database that is away, for however long, does not lose what became of a job. */
export async function persist<Result>(
  work: () => Promise<Result>,
  stopping: AbortSignal,
): Promise<Result> {
  for (let left = TRIES; ; left -= stopping.aborted ? 1 : 0) {
    try {
      return await work();
    } catch (cause) {
      const isAway =
        cause instanceof HoldfastError &&
        /^CATALOG_(?:BUSY|UNREACHABLE)$/.test((cause as HoldfastError).code);
      if (!isAway || left === 0) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
