import { parseRecipient } from '@holdfast/age';
import { coreError } from '../errors.ts';
import { parseQuorum, type QuorumExpression } from './quorum-expression.ts';

/** What one envelope asks for: all of these factors. */
export interface EnvelopeExpression {
  readonly factors: readonly FactorExpression[];
}

export type FactorExpression = PlainExpression | QuorumExpression;

/** What one person opens something with. */
export type PlainExpression =
  | { readonly kind: 'password' }
  | { readonly kind: 'recipient'; readonly recipient: string }
  /** An alias, or the RFC 7512 URI of a key. */
  | { readonly kind: 'token'; readonly name: string };

const TERM = /^([a-z]+)(?:\((.*)\))?$/s;

/**
 * Reads an envelope expression, such as `password`, `token(backup-hsm)`, `recipient(age1…)`, several
 * joined by `+` when all of them are needed, or `quorum(2, alice, bob, carol)`. A URI in parentheses may hold what RFC 7512
 * allows, `+` and parentheses in pairs included.
 *
 * @throws ENVELOPE_INVALID, RECIPIENT_INVALID, QUORUM_INVALID
 */
export function parseEnvelope(text: string): EnvelopeExpression {
  const factors = termsOf(text).map((term) => parseFactor(term.trim(), text));
  if (factors.length > 1 && factors.some(({ kind }) => kind === 'quorum')) {
    const why = 'a quorum stands alone in its envelope: its custodians have the other factors';
    throw coreError('ENVELOPE_INVALID', `"${text}" joins a quorum with more: ${why}`);
  }
  if (new Set(factors.map(({ kind }) => kind)).size < factors.length) {
    throw coreError('ENVELOPE_INVALID', `"${text}" asks for two factors of one kind`);
  }
  return { factors };
}

/**
 * Reads what one person opens something with: an envelope expression without a quorum.
 *
 * @throws ENVELOPE_INVALID, RECIPIENT_INVALID
 */
export function parsePlainFactors(text: string): readonly PlainExpression[] {
  return parseEnvelope(text).factors.map((factor) => {
    if (factor.kind !== 'quorum') return factor;
    throw coreError('ENVELOPE_INVALID', `a quorum cannot stand for one person: "${text}"`);
  });
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
  if (kind === 'quorum') return parseQuorum(value ?? '', term);
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
