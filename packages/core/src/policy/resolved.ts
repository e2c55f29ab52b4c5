import type { EnvelopeFacts, FactorFacts } from '@holdfast/catalog';
import type {
  ResolvedEnvelope,
  ResolvedFactor,
  ResolvedPlainFactor,
} from '../envelopes/resolved.ts';

/** Envelopes to come as the catalog would tell them; all of it, even where the backup will be discreet. */
export function factsOfResolved({ index, factors }: ResolvedEnvelope): EnvelopeFacts {
  return { index, factors: factors.map(factsOfFactor) };
}

function factsOfFactor(factor: ResolvedFactor): FactorFacts {
  if (factor.kind !== 'quorum') return factsOfPlain(factor);
  const { kind, threshold, custodians } = factor;
  return {
    ...{ kind, threshold },
    custodians: custodians.map(({ name, factors }) => ({
      name,
      factors: factors.map(factsOfPlain),
    })),
  };
}

function factsOfPlain(factor: ResolvedPlainFactor): FactorFacts {
  switch (factor.kind) {
    case 'password':
      return { kind: 'password' };
    case 'recipient':
      return { kind: 'recipient', recipient: factor.text };
    case 'token': {
      const { token, fingerprint } = factor.key.details;
      return { kind: 'token', ...token, fingerprint, extractable: null };
    }
  }
}
