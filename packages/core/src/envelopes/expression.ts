import { parseRecipient } from '@holdfast/age';
import { coreError } from '../errors.ts';

/** What one envelope asks for: all of these factors. */
export interface EnvelopeExpression {
  readonly factors: readonly FactorExpression[];
}

export type FactorExpression =
  | { readonly kind: 'password' }
  | { readonly kind: 'recipient'; readonly recipient: string }
  /** An alias, or the RFC 7512 URI of a key. */
  | { readonly kind: 'token'; readonly name: string };

const TERM = /^([a-z]+)(?:\((.*)\))?$/s;

/**
 * Reads an envelope expression, such as `password`, `token(backup-hsm)`, `recipient(age1…)`, or several
 * joined by `+` when all of them are needed. A URI in parentheses may hold what RFC 7512 allows, `+` and
 * parentheses in pairs included.
 *
 * @throws ENVELOPE_INVALID, RECIPIENT_INVALID
 */
export function parseEnvelope(text: string): EnvelopeExpression {
  const factors = termsOf(text).map((term) => parseFactor(term.trim(), text));
  if (new Set(factors.map(({ kind }) => kind)).size < factors.length) {
    throw coreError('ENVELOPE_INVALID', `"${text}" asks for two factors of one kind`);
  }
  return { factors };
}

/** What stands between the `+` that are outside parentheses. */
function termsOf(text: string): string[] {
  const terms = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) throw coreError('ENVELOPE_INVALID', `"${text}" closes a parenthesis too many`);
    if (character === '+' && depth === 0) terms.push('');
    else terms.push(`${terms.pop() ?? ''}${character}`);
  }
  if (depth > 0) throw coreError('ENVELOPE_INVALID', `"${text}" leaves a parenthesis open`);
  return terms;
}

function parseFactor(term: string, whole: string): FactorExpression {
  const [, kind, argument] = TERM.exec(term) ?? [];
  const value = argument?.trim();
  if (kind === 'password' && value === undefined) return { kind };
  if (kind === 'token' && value !== undefined && value !== '' && isPrintable(value)) {
    return { kind, name: value };
  }
  if (kind === 'recipient' && value !== undefined && !/[()]/.test(value)) {
    parseRecipient(value);
    return { kind, recipient: value };
  }
  throw coreError('ENVELOPE_INVALID', `"${term}" in "${whole}" is no factor`);
}

function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}
