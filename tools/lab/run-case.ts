import type { Lab, LabCase, Outcome } from './case.ts';
import { within } from './guest/within.ts';

const CASE_WITHIN = 10 * 60_000;

/** Runs one case to its end, whatever that is. */
export async function runCase(
  it: LabCase,
  openGuest: (signal: AbortSignal) => ReturnType<Lab['openGuest']>,
  signal: AbortSignal,
): Promise<Outcome> {
  const start = performance.now();
  const outcome = (passed: boolean, seen: string): Outcome => ({
    passed,
    milliseconds: performance.now() - start,
    seen,
  });
  try {
    const limit = { milliseconds: CASE_WITHIN, signal };
    const seen = await within(it.name, limit, async (stop) => {
      return await it.run({ openGuest: async () => await openGuest(stop), signal: stop });
    });
    return outcome(true, seen);
  } catch (error) {
    return outcome(false, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
