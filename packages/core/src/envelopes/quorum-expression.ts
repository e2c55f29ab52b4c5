import { MAX_CUSTODIANS, isCustodianName } from '../backup-file/layout.ts';
import { coreError } from '../errors.ts';

/** Any `threshold` of these custodians, each of whom is known by a name. */
export interface QuorumExpression {
  readonly kind: 'quorum';
  readonly threshold: number;
  readonly custodians: readonly string[];
}

const THRESHOLD = /^(?:0|[1-9][0-9]{0,5})$/;

/**
 * Reads what stands between the parentheses of `quorum(2, alice, bob, carol)`.
 *
 * @throws QUORUM_INVALID
 */
export function parseQuorum(inside: string, term: string): QuorumExpression {
  const [first = '', ...custodians] = inside.split(',').map((part) => part.trim());
  const short = Array.from(term).slice(0, 80).join('');
  const refuse = (why: string): never => {
    throw coreError('QUORUM_INVALID', `${why}: "${short === term ? term : `${short}…`}"`);
  };
  if (!THRESHOLD.test(first)) {
    return refuse('a quorum begins with how many custodians it takes');
  }
  const threshold = Number(first);
  if (threshold === 0) return refuse('a quorum of none would open for anybody');
  if (threshold === 1) {
    return refuse('a quorum of 1 is no quorum: write one envelope for each custodian');
  }
  if (custodians.length > MAX_CUSTODIANS) {
    return refuse(`a quorum has at most ${String(MAX_CUSTODIANS)} custodians`);
  }
  const odd = custodians.find((name) => !isCustodianName(name));
  if (odd !== undefined) return refuse('a custodian cannot be called that');
  const twice = custodians.find((name, place) => custodians.indexOf(name) !== place);
  if (twice !== undefined) return refuse(`${twice} stands in a quorum twice`);
  if (threshold > custodians.length) {
    const those = String(custodians.length);
    return refuse(`a quorum of ${String(threshold)} cannot be had from ${those} custodians`);
  }
  return { kind: 'quorum', threshold, custodians };
}
