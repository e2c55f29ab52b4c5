import type {
  ResolvedCustodian,
  ResolvedPlainFactor,
  ResolvedQuorum,
} from '../envelopes/resolved.ts';
import { coreError } from '../errors.ts';

/**
 * Requires that no custodian holds all that another one's share takes: together they would count once. Resolves to
 * what is to be said of those who share a part of it.
 *
 * @throws QUORUM_INVALID, naming both
 */
export function assertDistinct({ custodians }: ResolvedQuorum): readonly string[] {
  const warnings: string[] = [];
  for (const [place, one] of custodians.entries()) {
    for (const other of custodians.slice(place + 1)) {
      const common = one.factors.find((factor) => holds(other, factor));
      if (common === undefined) continue;
      const both = `${one.name} and ${other.name}`;
      const opens =
        one.factors.every((factor) => holds(other, factor)) ||
        other.factors.every((factor) => holds(one, factor));
      const what = common.kind === 'token' ? 'the same token' : 'the same recipient';
      if (opens) {
        const why = 'whoever holds it has two shares, and the quorum would be had from fewer';
        throw coreError('QUORUM_INVALID', `${both} open their shares with ${what}: ${why}`);
      }
      warnings.push(`${both} both need ${what}: its loss is the loss of two shares`);
    }
  }
  return warnings;
}

/** Whether a custodian has what this factor asks for. A password is nobody else's. */
function holds({ factors }: ResolvedCustodian, wanted: ResolvedPlainFactor): boolean {
  return factors.some((factor) => {
    if (factor.kind === 'recipient' && wanted.kind === 'recipient') {
      return factor.text === wanted.text;
    }
    if (factor.kind !== 'token' || wanted.kind !== 'token') return false;
    const { token, fingerprint } = factor.key.details;
    const { details } = wanted.key;
    // The same key on two tokens opens the same shares.
    if (fingerprint === details.fingerprint) return true;
    const isSame = token.serial === details.token.serial;
    return token.serial === '' ? isSame && token.label === details.token.label : isSame;
  });
}
