import { parseRecipient } from '@holdfast/age';
import type { PlainFactor } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import { assertDistinct } from '../quorum/distinct.ts';
import { knownQuorum, type KnownQuorum } from '../quorum/known-quorum.ts';
import type { Run } from '../run.ts';
import type { SharedTokens } from '../tokens/access.ts';
import { assertCannotLeave, claimWarnings, keyInWords } from '../tokens/claims.ts';
import { assertRecordable } from '../tokens/recordable.ts';
import { parseEnvelope, type PlainExpression } from './expression.ts';
import type { ResolvedEnvelope, ResolvedPlainFactor, ResolvedQuorum } from './resolved.ts';

/** An envelope to come: as somebody wrote it, or with the factors of one that is sealed again. */
export type WantedEnvelope = { readonly index: number } & (
  | {
      readonly expression: string;
      /** Sets of shares that those of a quorum take the place of, the newest first. */
      readonly predecessors?: readonly string[] | undefined;
    }
  | { readonly again: readonly PlainFactor[] }
);

interface ResolvingRules {
  readonly requireToken?: boolean | undefined;
}

/**
 * Finds out whom the envelopes are for, before anybody types anything. Reports what there is to say of the
 * tokens.
 *
 * @throws ENVELOPE_INVALID, RECIPIENT_INVALID, QUORUM_INVALID, CUSTODIAN_UNKNOWN, TOKEN_REQUIRED, KEY_EXTRACTABLE,
 * and what `Tokens.sealingKey` throws
 */
export async function resolveEnvelopes(
  wanted: readonly WantedEnvelope[],
  run: Pick<Run, 'tokens' | 'custodians' | 'signal'>,
  { requireToken }: ResolvingRules,
): Promise<{ envelopes: readonly ResolvedEnvelope[]; warnings: readonly string[] }> {
  const parsed: ParsedEnvelope[] = [];
  for (const envelope of wanted) parsed.push(await parse(envelope, run));
  if (requireToken) for (const envelope of parsed) assertHasToken(envelope);
  const warnings: string[] = [];
  const resolve = async (factor: PlainExpression | PlainFactor): Promise<ResolvedPlainFactor> => {
    if (factor.kind === 'password') return factor;
    if (factor.kind === 'recipient') {
      const text = factor.recipient ?? nobodyKnows();
      return { kind: 'recipient', recipient: parseRecipient(text), text };
    }
    const tokens = await openTokens(run);
    if (!('name' in factor)) return sealedAgain(factor, tokens);
    const key = await tokens.sealingKey(factor.name, { signal: run.signal });
    assertRecordable(key.details);
    if (requireToken) await assertCannotLeave(key);
    warnings.push(...claimWarnings(key));
    const identity = await tokens.identityLine(factor.name, { signal: run.signal });
    return { kind: 'token', key, identity };
  };
  const resolveAll = async (
    factors: readonly (PlainExpression | PlainFactor)[],
  ): Promise<ResolvedPlainFactor[]> => {
    const resolved: ResolvedPlainFactor[] = [];
    for (const factor of factors) resolved.push(await resolve(factor));
    return resolved;
  };
  const resolveQuorum = async (
    { kind, threshold, custodians }: KnownQuorum,
    predecessors: readonly string[],
  ): Promise<ResolvedQuorum> => {
    const resolved = [];
    for (const { name, factors } of custodians) {
      resolved.push({ name, factors: await resolveAll(factors) });
    }
    const quorum = { kind, threshold, custodians: resolved, predecessors };
    warnings.push(...assertDistinct(quorum));
    return quorum;
  };
  const envelopes: ResolvedEnvelope[] = [];
  for (const { index, factors, predecessors } of parsed) {
    const [only] = factors;
    const resolved =
      only?.kind === 'quorum'
        ? [await resolveQuorum(only, predecessors)]
        : await resolveAll(factors.filter((factor) => factor.kind !== 'quorum'));
    envelopes.push({ index, factors: resolved });
  }
  return { envelopes, warnings: [...new Set(warnings)] };
}

interface ParsedEnvelope {
  readonly index: number;
  readonly factors: readonly (PlainExpression | PlainFactor | KnownQuorum)[];
  readonly predecessors: readonly string[];
}

async function parse(
  wanted: WantedEnvelope,
  run: Pick<Run, 'custodians'>,
): Promise<ParsedEnvelope> {
  const { index } = wanted;
  if ('again' in wanted) return { index, factors: wanted.again, predecessors: [] };
  const { expression, predecessors = [] } = wanted;
  const factors = [];
  for (const factor of parseEnvelope(expression).factors) {
    factors.push(factor.kind === 'quorum' ? await knownQuorum(factor, run) : factor);
  }
  return { index, factors, predecessors };
}

/** Throws TOKEN_REQUIRED. */
export function assertHasToken({
  index,
  factors,
}: {
  readonly index: number;
  readonly factors: readonly TokenFactor[];
}): void {
  if (takesToken(factors)) return;
  throw coreError('TOKEN_REQUIRED', `envelope ${index} would open without a token`);
}

interface TokenFactor {
  readonly kind: string;
  readonly threshold?: number;
  readonly custodians?: readonly { readonly factors: readonly { readonly kind: string }[] }[];
}

/** Whether nobody opens it without a token: of a quorum, too few custodians do without one. */
function takesToken(factors: readonly TokenFactor[]): boolean {
  return factors.some(({ kind, threshold = 0, custodians = [] }) => {
    if (kind !== 'quorum') return kind === 'token';
    return custodians.filter((one) => !takesToken(one.factors)).length < threshold;
  });
}

/** The key that a manifest names: its token need not be here, for the identity line tells what to seal to. */
function sealedAgain(
  { token, identity }: Extract<PlainFactor, { kind: 'token' }>,
  tokens: SharedTokens,
): ResolvedPlainFactor {
  if (token === null || identity === null) return nobodyKnows();
  const { recipient, details } = tokens.fromIdentityLine(identity);
  if (details.fingerprint !== token.fingerprint || details.algorithm !== token.algorithm) {
    throw coreError('PARTS_MISMATCH', `the manifest names two keys for ${keyInWords(token)}`);
  }
  return { kind: 'token', key: { details: token, recipient }, identity };
}

function nobodyKnows(): never {
  throw coreError('ENVELOPE_INVALID', 'a discreet backup does not say whom to seal it for again');
}

async function openTokens({ tokens }: Pick<Run, 'tokens'>): Promise<SharedTokens> {
  if (tokens === undefined) throw coreError('INTERNAL', 'this run was given no way to the tokens');
  return await tokens.open();
}
