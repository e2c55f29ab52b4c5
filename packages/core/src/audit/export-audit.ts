import { HoldfastError } from '@holdfast/age';
import type { AuditEntry, Catalog, SignedHead } from '@holdfast/catalog';
import { AUDIT_NAMESPACE } from '../record/catalog-access.ts';
import type { Run } from '../run.ts';
import type { AuditSink } from './audit-sink.ts';
import { writeLine } from './exported-line.ts';

export interface ExportRequest {
  /** From the first entry on that was made then or later; UTC, as `Date.toISOString()` has it. */
  readonly since?: string | undefined;
  /** From this entry on, by its number in the chain. */
  readonly from?: number | undefined;
  /** With the signed head as its last line, which whoever checks it alone needs. */
  readonly withHead: boolean;
}

export interface ExportReport {
  readonly where: string;
  readonly entries: number;
  readonly first: number | null;
  readonly last: number | null;
  /** The head that was written with it. */
  readonly head: SignedHead | null;
  readonly warnings: readonly string[];
}

/**
 * Writes the audit log out, oldest first, one JSON object a line, in constant memory. Its head is signed first, so that
 * the lines can be checked without the catalog.
 *
 * @throws what opening and reading the catalog throws, what the sink throws, CANCELLED
 */
export async function exportAudit(
  { since, from = 1, withHead }: ExportRequest,
  sink: AuditSink,
  run: Pick<Run, 'catalog' | 'instance' | 'signal' | 'onProgress'>,
): Promise<ExportReport> {
  const { catalog, signal, onProgress } = run;
  const there = (await catalog?.openIfThere()) ?? null;
  const warnings: string[] = [];
  const head = there === null || !withHead ? null : await freshHead(there, run, warnings);
  let [entries, first, last]: [number, number | null, number | null] = [0, null, null];
  let begun = since === undefined;
  for await (const entry of there?.entries({ from, signal }) ?? nothing()) {
    if (head !== null && entry.sequence > head.sequence) break;
    // By the chain, not by time: where a clock was set back, nothing behind the first one is left out.
    begun ||= entry.time >= (since ?? '');
    if (!begun) continue;
    await sink.write(writeLine({ kind: 'entry', entry }));
    entries += 1;
    first ??= entry.sequence;
    last = entry.sequence;
    onProgress?.({ phase: 'writing', done: entry.sequence, total: head?.sequence ?? null });
  }
  const ends = head !== null && last === head.sequence;
  if (ends) await sink.write(writeLine({ kind: 'head', head }));
  await sink.finish();
  return { where: sink.where, entries, first, last, head: ends ? head : null, warnings };
}

/** An auditor who may only read gets what was signed before, if that is the end of it. */
async function freshHead(
  there: Catalog,
  { instance }: Pick<Run, 'instance'>,
  warnings: string[],
): Promise<SignedHead | null> {
  try {
    const { sign } = await instance.signer();
    return await there.signHead({ sign: (message) => sign(message, AUDIT_NAMESPACE) });
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    warnings.push(`without a signed head: ${cause.message}`);
    return null;
  }
}

async function* nothing(): AsyncGenerator<AuditEntry> {
  // There is no catalog yet.
}
