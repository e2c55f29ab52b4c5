import type { ChainFault, ChainReport, CheckHead, SignedHead } from '@holdfast/catalog';
import { catalogError } from '@holdfast/catalog/errors';
import { readKeptHead } from '../record/kept-head.ts';
import type { Run } from '../run.ts';
import { headChecker } from './check-head.ts';
import { verifyHead } from './verify-head.ts';

export interface AuditReport extends ChainReport {
  /** The head that the state folder keeps: the chain has at least that, or something was taken off its end. */
  readonly kept: Pick<SignedHead, 'sequence' | 'hash' | 'time'> | null;
}

/**
 * Reads the whole audit log and says what is wrong with it: with the chain, with the heads that were signed, and
 * with the head that is kept outside the catalog. `null`: there is no catalog yet.
 *
 * @throws what opening the catalog throws, CATALOG_DAMAGED, CONFIG_INVALID, CANCELLED
 */
export async function verifyAudit(
  run: Pick<Run, 'catalog' | 'instance' | 'signal' | 'onProgress'>,
): Promise<AuditReport | null> {
  const { instance, signal, onProgress } = run;
  const there = (await run.catalog?.openIfThere()) ?? null;
  if (there === null) return null;
  const check = await headChecker(instance);
  const kept = await readKeptHead(instance.folder);
  const faults = kept === null ? [] : faultsOfKept(kept, check);
  const known = faults.length === 0 ? kept : null;
  const report = await there.verifyChain({
    check,
    known,
    signal,
    onProgress: (done, total) => onProgress?.({ phase: 'checking', done, total }),
  });
  return { ...report, kept: known, faults: [...report.faults, ...faults] };
}

function faultsOfKept(kept: SignedHead, check: CheckHead): ChainFault[] {
  if (kept.hash === '') {
    const words = 'audit-head.json in the state folder holds no head any more';
    return [{ sequence: 0, kind: 'bad signature', words }];
  }
  return verifyHead(kept, check).map(({ words, ...fault }) => ({
    ...fault,
    words: `audit-head.json: ${words}`,
  }));
}

/** @throws AUDIT_BROKEN naming the first fault */
export function assertAuditSound({ faults }: Pick<ChainReport, 'faults'>): void {
  const [first, ...others] = faults.toSorted((one, other) => one.sequence - other.sequence);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : `, and ${String(others.length)} more faults`;
  throw catalogError(
    'AUDIT_BROKEN',
    `the audit log is not what was recorded: entry ${String(first.sequence)}: ${first.words}${more}`,
  );
}
