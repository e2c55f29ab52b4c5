import { HoldfastError } from '@holdfast/age';
import type { BackupFile } from '../backup-file/reader.ts';
import { assertAgreement, type OpenedEnvelope } from '../envelopes/agreement.ts';
import { openEnvelopes } from '../envelopes/opener.ts';
import { coreError } from '../errors.ts';
import { isAgeFailure } from '../payload.ts';
import type { Run } from '../run.ts';
import { summarizeEnvelopes } from '../summary.ts';
import type { DrilledEnvelope } from './receipt.ts';

/** Which envelopes a drill opens: the first that does, one, or each by itself. */
export type Which =
  | { readonly kind: 'any' }
  | { readonly kind: 'one'; readonly index: number }
  | { readonly kind: 'each'; readonly wait: boolean };

export interface InTurnOptions {
  readonly which: Which;
  /** The alias or URI of the token to use, and no other. */
  readonly token?: string | undefined;
  /** Told of each envelope of `each` before anything is asked for it. */
  readonly onEnvelope?:
    ((envelope: Pick<DrilledEnvelope, 'index' | 'factors'>) => void) | undefined;
}

/** What became of each envelope so far. It is filled while they are opened, for the receipt of a drill that fails. */
export type EnvelopeLog = Map<number, DrilledEnvelope>;

/** Every envelope of a backup, none of them opened yet. */
export function envelopeLog({ manifest }: BackupFile): EnvelopeLog {
  return new Map(
    summarizeEnvelopes(manifest.envelopes).map(({ index, expression }) => [
      index,
      { index, factors: expression, opened: false, why: null, custodians: [] },
    ]),
  );
}

/** @throws ENVELOPE_NOT_FOUND */
export function assertEnvelope({ manifest }: BackupFile, which: Which): void {
  if (which.kind !== 'one') return;
  if (manifest.envelopes.some(({ index }) => index === which.index)) return;
  throw coreError('ENVELOPE_NOT_FOUND', `this backup has no envelope ${String(which.index)}`);
}

/**
 * Opens the envelopes that a drill is about, and logs what became of every one. Resolves to one of them: they agree.
 * Of `each`, one whose factors are not there is told in the log, as long as any other opens.
 *
 * @throws what `openEnvelopes` throws
 */
export async function openInTurn(
  backup: BackupFile,
  log: EnvelopeLog,
  { which, token, onEnvelope }: InTurnOptions,
  run: Pick<Run, 'factors' | 'tokens' | 'signal'>,
): Promise<OpenedEnvelope> {
  const open = async (index: number | null, from = run): Promise<OpenedEnvelope> => {
    const only = index === null ? undefined : [index];
    const { opened, failures } = await openEnvelopes(backup, from, { only, token });
    for (const { envelope, message } of failures) keep(log, envelope, { why: message });
    const [first] = opened;
    const { custodians } = first;
    keep(log, first.index, { opened: true, why: null, custodians });
    return first;
  };
  if (which.kind === 'any') return await open(null);
  if (which.kind === 'one') {
    return await open(which.index).catch((cause: unknown) => {
      keep(log, which.index, { why: wordsOf(cause) });
      throw cause;
    });
  }
  // Whoever has one token at a desk has not come to wait for all of the others.
  const factors = { ...run.factors, waitForToken: async () => await Promise.resolve(false) };
  const from = which.wait ? run : { ...run, factors };
  const all: OpenedEnvelope[] = [];
  const failed: unknown[] = [];
  for (const { index, factors: expression } of [...log.values()]) {
    onEnvelope?.({ index, factors: expression });
    try {
      all.push(await open(index, from));
    } catch (cause) {
      keep(log, index, { why: wordsOf(cause) });
      if (!isForLackOfFactors(cause)) throw cause;
      failed.push(cause);
    }
  }
  const [first] = all;
  if (first === undefined) throw failed[0];
  assertAgreement(all);
  return first;
}

/** Whether it says something of who stands at the desk, and nothing of the backup. */
function isForLackOfFactors(cause: unknown): boolean {
  if (!(cause instanceof HoldfastError) || isAgeFailure(cause)) return false;
  const code = String(cause.code);
  return !['CANCELLED', 'INTERNAL', 'PARTS_MISMATCH', 'BACKUP_DAMAGED'].includes(code);
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function keep(log: EnvelopeLog, index: number, more: Partial<DrilledEnvelope>): void {
  const before = log.get(index);
  if (before !== undefined) log.set(index, { ...before, ...more });
}
