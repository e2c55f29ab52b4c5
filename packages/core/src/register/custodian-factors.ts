import { HoldfastError } from '@holdfast/age';
import { parsePlainFactors, type PlainExpression } from '../envelopes/expression.ts';
import { coreError } from '../errors.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** @throws CUSTODIAN_INVALID */
export function assertCustodianName(name: string): void {
  if (!NAME.test(name)) throw coreError('CUSTODIAN_INVALID', `no custodian can be called ${name}`);
}

/**
 * Reads what a custodian opens a share with, as in an envelope expression. Resolves to its one spelling.
 *
 * @throws CUSTODIAN_INVALID
 */
export function custodianFactors(text: string): string {
  return factorsIn(text).map(inWords).join(' + ');
}

/** The things in it that only one person should hold, each in its one spelling: tokens and recipients. */
export function holdings(factors: string): readonly string[] {
  try {
    return factorsIn(factors)
      .filter(({ kind }) => kind !== 'password')
      .map(inWords);
  } catch (cause) {
    // What a newer Holdfast wrote is not judged here.
    if (cause instanceof HoldfastError) return [];
    throw cause;
  }
}

function factorsIn(text: string): readonly PlainExpression[] {
  try {
    return parsePlainFactors(text);
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    throw coreError('CUSTODIAN_INVALID', cause.message, { cause });
  }
}

function inWords(factor: PlainExpression): string {
  switch (factor.kind) {
    case 'password':
      return 'password';
    case 'token':
      return `token(${factor.name})`;
    case 'recipient':
      return `recipient(${factor.recipient})`;
  }
}
