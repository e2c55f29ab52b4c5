import type { Lab, LabCase, Outcome } from './case.ts';
import { within } from './guest/within.ts';

const CASE_WITHIN = 15 * 60_000;

/** Runs one case to its end, whatever that is. */
export async function runCase(
  it: LabCase,
  openGuest: (signal: AbortSignal) => ReturnType<Lab['openGuest']>,
  { whole, signal }: Pick<Lab, 'whole' | 'signal'>,
): Promise<Outcome> {
  const start = performance.now();
  const outcome = (passed: boolean, seen: string, tried = 1): Outcome => ({
    passed,
    milliseconds: performance.now() - start,
    seen,
    tried,
  });
  try {
    const limit = { milliseconds: CASE_WITHIN, signal };
    const found = await within(it.name, limit, async (stop) => {
      return await it.run({ openGuest: async () => await openGuest(stop), whole, signal: stop });
    });
    return typeof found === 'string'
      ? outcome(true, found)
      : outcome(true, found.seen, found.tried);
  } catch (error) {
    return outcome(false, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
