import { parseRecipient } from '@holdfast/age';
import { coreError } from '../errors.ts';

/** What one envelope asks for: all of these factors. */
export interface EnvelopeExpression {
  readonly factors: readonly FactorExpression[];
}

export type FactorExpression =
  { readonly kind: 'password' } | { readonly kind: 'recipient'; readonly recipient: string };

const TERM = /^([a-z]+)(?:\(([^()]*)\))?$/;

/**
 * Reads an envelope expression, such as `password`, `recipient(age1…)`, or several joined by `+`
 * when all of them are needed.
 *
 * @throws ENVELOPE_INVALID, RECIPIENT_INVALID
 */
export function parseEnvelope(text: string): EnvelopeExpression {
  const factors = text.split('+').map((term) => parseFactor(term.trim(), text));
  if (new Set(factors.map(({ kind }) => kind)).size < factors.length) {
    throw coreError('ENVELOPE_INVALID', `"${text}" asks for two factors of one kind`);
  }
  return { factors };
}

function parseFactor(term: string, whole: string): FactorExpression {
  const [, kind, argument] = TERM.exec(term) ?? [];
  if (kind === 'password' && argument === undefined) return { kind };
  if (kind === 'recipient' && argument !== undefined) {
    const recipient = argument.trim();
    parseRecipient(recipient);
    return { kind, recipient };
  }
  throw coreError('ENVELOPE_INVALID', `"${term}" in "${whole}" is no factor`);
}
