import type { ManifestEnvelope, Waiver } from '../backup-file/manifest.ts';
import type { KeyDetails } from '@holdfast/token';
import { coreError } from '../errors.ts';
import { tokenInWords } from '../tokens/claims.ts';
import type { ResolvedEnvelope } from './resolved.ts';

/** The keys on tokens that one person takes, all of them; `null` for one that a discreet backup does not name. */
export type Keys = readonly (KeyDetails | null)[];

/** Who opens an envelope: any `threshold` of these persons; one of one, unless it is a quorum. */
export interface Holders {
  readonly threshold: number;
  readonly persons: readonly Keys[];
}

/** The holders of an envelope as the manifest tells them. */
export function holdersOf({ factors }: Pick<ManifestEnvelope, 'factors'>): Holders {
  return holders(factors, (factor) => (factor.kind === 'token' ? [factor.token] : []));
}

/** The holders of an envelope to come, told even where a discreet backup will not tell them. */
export function holdersOfResolved({ factors }: ResolvedEnvelope): Holders {
  return holders(factors, (factor) => (factor.kind === 'token' ? [factor.key.details] : []));
}

interface Quorum<Plain> {
  readonly kind: 'quorum';
  readonly threshold: number;
  readonly custodians: readonly { readonly factors: readonly Plain[] }[];
}

function holders<Plain extends { readonly kind: 'password' | 'recipient' | 'token' }>(
  factors: readonly (Plain | Quorum<Plain>)[],
  keysOf: (factor: Plain) => Keys,
): Holders {
  const [only] = factors;
  if (only?.kind === 'quorum') {
    const { threshold, custodians } = only;
    return { threshold, persons: custodians.map((one) => one.factors.flatMap(keysOf)) };
  }
  const plain = factors.filter((factor) => factor.kind !== 'quorum');
  return { threshold: 1, persons: [plain.flatMap(keysOf)] };
}

/** Whether nobody could open it without this key's token. */
function diesWith(key: KeyDetails | null, { threshold, persons }: Holders): boolean {
  const left = persons.filter((keys) => !keys.some((other) => mayBeOneToken(key, other)));
  return left.length < threshold;
}

export interface Independence {
  /** Of every envelope that there will be. */
  readonly envelopes: readonly Holders[];
  readonly allowed: boolean | undefined;
  /** The same backup before the change, when there is one. */
  readonly former?: { readonly waivers: readonly Waiver[]; readonly allKept: boolean };
}

/**
 * Requires that no token can take the backup with it when it is lost, unless that was accepted. Resolves to
 * the waivers that the manifest has to tell: none where none was needed.
 *
 * @throws SINGLE_POINT_OF_FAILURE
 */
export function waiversFor({ envelopes, allowed, former }: Independence): readonly Waiver[] {
  // What was independent stays so when nothing is taken away, even where a discreet backup names no token.
  if (former?.allKept === true && former.waivers.length === 0) return [];
  const held = envelopes.flatMap(({ persons }) => persons.flat());
  const single = held.find((one) => envelopes.every((each) => diesWith(one, each)));
  if (single === undefined) return [];
  if (!allowed && !former?.waivers.includes('single-point-of-failure')) {
    const what =
      single === null || held.includes(null)
        ? 'every envelope needs a token, and for all that this discreet backup says it is the same one'
        : `every envelope needs ${tokenInWords(single.token)}: with its loss, nobody can open the backup`;
    throw coreError('SINGLE_POINT_OF_FAILURE', what);
  }
  return ['single-point-of-failure'];
}

/** A token is told by its serial number: one card can show several labels, and one key have several names. */
function mayBeOneToken(one: KeyDetails | null, other: KeyDetails | null): boolean {
  if (one === null || other === null) return true;
  if (one.token.serial !== '' || other.token.serial !== '') {
    return one.token.serial === other.token.serial;
  }
  return one.token.label === other.token.label;
}
