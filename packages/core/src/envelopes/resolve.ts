import { parseRecipient, type Recipient } from '@holdfast/age';
import type { KeyDetails } from '@holdfast/token';
import type { ManifestFactor } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';
import type { SharedTokens } from '../tokens/access.ts';
import { assertCannotLeave, claimWarnings, keyInWords } from '../tokens/claims.ts';
import { assertRecordable } from '../tokens/recordable.ts';
import { parseEnvelope, type FactorExpression } from './expression.ts';

/** An envelope to come: as somebody wrote it, or with the factors of one that is sealed again. */
export type WantedEnvelope = { readonly index: number } & (
  { readonly expression: string } | { readonly again: readonly ManifestFactor[] }
);

export interface ResolvedEnvelope {
  readonly index: number;
  readonly factors: readonly ResolvedFactor[];
}

/** A factor whose key is known; nothing secret was asked for yet. */
export type ResolvedFactor =
  | { readonly kind: 'password' }
  | { readonly kind: 'recipient'; readonly recipient: Recipient; readonly text: string }
  | {
      readonly kind: 'token';
      readonly key: { readonly details: KeyDetails; readonly recipient: Recipient };
      readonly identity: string;
    };

interface ResolvingRules {
  readonly requireToken?: boolean | undefined;
}

/**
 * Finds out whom the envelopes are for, before anybody types anything. Reports what there is to say of the
 * tokens.
 *
 * @throws ENVELOPE_INVALID, RECIPIENT_INVALID, TOKEN_REQUIRED, KEY_EXTRACTABLE, and what `Tokens.sealingKey` throws
 */
export async function resolveEnvelopes(
  wanted: readonly WantedEnvelope[],
  run: Pick<Run, 'tokens' | 'signal'>,
  { requireToken }: ResolvingRules,
): Promise<{ envelopes: readonly ResolvedEnvelope[]; warnings: readonly string[] }> {
  const parsed = wanted.map((envelope) => ({
    index: envelope.index,
    factors: 'again' in envelope ? envelope.again : parseEnvelope(envelope.expression).factors,
  }));
  if (requireToken) for (const envelope of parsed) assertHasToken(envelope);
  const warnings: string[] = [];
  const resolve = async (factor: FactorExpression | ManifestFactor): Promise<ResolvedFactor> => {
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
  const envelopes: ResolvedEnvelope[] = [];
  for (const { index, factors } of parsed) {
    const resolved: ResolvedFactor[] = [];
    for (const factor of factors) resolved.push(await resolve(factor));
    envelopes.push({ index, factors: resolved });
  }
  return { envelopes, warnings: [...new Set(warnings)] };
}

/** Throws TOKEN_REQUIRED. */
export function assertHasToken({
  index,
  factors,
}: {
  readonly index: number;
  readonly factors: readonly { readonly kind: string }[];
}): void {
  if (factors.some(({ kind }) => kind === 'token')) return;
  throw coreError('TOKEN_REQUIRED', `envelope ${index} would open without a token`);
}

/** The key that a manifest names: its token need not be here, for the identity line tells what to seal to. */
function sealedAgain(
  { token, identity }: Extract<ManifestFactor, { kind: 'token' }>,
  tokens: SharedTokens,
): ResolvedFactor {
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
