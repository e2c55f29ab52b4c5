import { HoldfastError, throwIfCancelled } from '@holdfast/age';
import type { SecretRow } from '@holdfast/catalog';
import { observeLive } from '../live/observe-live.ts';
import { codeOf } from '../record/code-of.ts';
import type { Run } from '../run.ts';
import { ageOf } from '../clock.ts';
import type { KnownOf } from './gather.ts';
import { sourceAgain } from '../sources/source-again.ts';

/** Which live secrets are read: all that can be, or those whose `check-live-every` is over. */
export type Looking = 'no' | 'scheduled' | 'all';

/** Reads the live secret when it is time, records what came of it, and resolves to what is known then. */
export async function lookAtLive(
  known: KnownOf,
  looking: Looking,
  run: Run,
  now: number,
): Promise<KnownOf> {
  const { name, source } = known;
  if (source === null || !isTime(known, looking, now)) return known;
  // Without a key there is no mark to compare it with, and none is made only to look.
  if (!(await run.instance.isMade())) return known;
  throwIfCancelled(run.signal);
  const time = new Date(now).toISOString();
  const before = known.row ?? { ...NOTHING, name };
  let row: SecretRow;
  try {
    const { mark } = await observeLive(await sourceAgain(source, run), run.instance, run.signal);
    row = { ...before, observedMark: mark, observedAt: time, observedOutcome: 'ok' };
  } catch (cause) {
    if (!(cause instanceof HoldfastError) || cause.code === 'CANCELLED') throw cause;
    row = { ...before, observedOutcome: codeOf(cause) };
  }
  const outcome = row.observedOutcome ?? 'ok';
  const mark = outcome === 'ok' ? row.observedMark : null;
  await run.recorder?.record([
    { action: 'secret.observe', outcome, secret: name, detail: { mark } },
  ]);
  return { ...known, row };
}

const NOTHING = {
  ...{ source: null, policy: null },
  ...{ observedMark: null, observedAt: null, observedOutcome: null },
};

function isTime({ wanted, row }: KnownOf, looking: Looking, now: number): boolean {
  if (looking !== 'scheduled') return looking === 'all';
  const every = wanted?.checkLiveEvery ?? null;
  if (every === null) return false;
  const age = ageOf(row?.observedAt ?? null, now);
  return age === null || age >= every;
}
