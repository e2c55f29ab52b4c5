import { parsePlainFactors, type PlainExpression } from '../envelopes/expression.ts';
import type { QuorumExpression } from '../envelopes/quorum-expression.ts';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';

/** A quorum with what its custodians are known to open a share with. */
export interface KnownQuorum {
  readonly kind: 'quorum';
  readonly threshold: number;
  /** By name. */
  readonly custodians: readonly {
    readonly name: string;
    readonly factors: readonly PlainExpression[];
  }[];
}

/**
 * Finds out who the custodians are.
 *
 * @throws CUSTODIAN_UNKNOWN, CUSTODIAN_INVALID, ENVELOPE_INVALID, RECIPIENT_INVALID
 */
export async function knownQuorum(
  { threshold, custodians }: QuorumExpression,
  { custodians: book }: Pick<Run, 'custodians'>,
): Promise<KnownQuorum> {
  const known = [];
  // By code units, as the paths of their shares are ordered.
  for (const name of custodians.toSorted((a, b) => (a < b ? -1 : 1))) {
    const found = await book?.find(name);
    if (!found) throw coreError('CUSTODIAN_UNKNOWN', `nobody here knows a custodian ${name}`);
    known.push({ name, factors: parsePlainFactors(found.factors) });
  }
  return { kind: 'quorum', threshold, custodians: known };
}
