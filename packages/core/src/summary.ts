import type { ManifestEnvelope, ManifestFactor } from './backup-file/manifest.ts';
import { keyUri } from './tokens/key-uri.ts';

/** An envelope in words. */
export interface EnvelopeSummary {
  readonly index: number;
  /** The kinds of its factors; all of them are needed. */
  readonly factors: readonly string[];
  /** As it would be written to make it again, except what a discreet backup leaves out. */
  readonly expression: string;
}

/** Says in words what each envelope asks for. */
export function summarizeEnvelopes(envelopes: readonly ManifestEnvelope[]): EnvelopeSummary[] {
  return envelopes.map(({ index, factors }) => ({
    index,
    factors: factors.map((factor) => factor.kind),
    expression: summarizeFactors(factors),
  }));
}

/** As an envelope expression, except what a discreet backup leaves out. */
export function summarizeFactors(factors: readonly ManifestFactor[]): string {
  return factors.map(expressionOf).join(' + ');
}

function expressionOf(factor: ManifestFactor): string {
  if (factor.kind === 'quorum') {
    const names = factor.custodians.map(({ name }) => name);
    return `quorum(${[String(factor.threshold), ...names].join(', ')})`;
  }
  if (factor.kind === 'recipient' && factor.recipient !== null)
    return `recipient(${factor.recipient})`;
  if (factor.kind === 'token' && factor.token !== null) return `token(${keyUri(factor.token)})`;
  return factor.kind;
}
