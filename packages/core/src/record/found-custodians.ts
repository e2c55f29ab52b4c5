import type { CatalogEvent, CustodianFacts, FactorFacts } from '@holdfast/catalog';
import type { FoundCopy } from './found-copies.ts';

/**
 * The custodians whom quorums name, as the newest backup has them. Only what a trusted signer signed tells: who made
 * a backup up could put factors of their own under anybody's name.
 */
export function custodiansIn(copies: readonly FoundCopy[]): readonly CatalogEvent[] {
  const known = new Map<string, CustodianFacts>();
  const backups = copies
    .flatMap(({ backup }) => (backup === null ? [] : [backup.facts]))
    .filter(({ trusted }) => trusted)
    .toSorted((one, other) => (one.created < other.created ? -1 : 1));
  for (const { envelopes } of backups) {
    for (const factor of envelopes.flatMap(({ factors }) => factors)) {
      if (factor.kind !== 'quorum') continue;
      for (const { name, factors } of factor.custodians) {
        const words = factors.map(inWords);
        if (name === '' || words.includes(null) || words.length === 0) continue;
        known.set(name, { factors: words.join(' + '), contact: null, checkEvery: null });
      }
    }
  }
  return [...known].map(([custodian, detail]) => ({
    action: 'custodian.add',
    outcome: 'ok',
    custodian,
    detail,
  }));
}

/** `null` for what a discreet backup does not tell. */
function inWords(factor: FactorFacts): string | null {
  switch (factor.kind) {
    case 'password':
      return 'password';
    case 'recipient':
      return factor.recipient === null ? null : `recipient(${factor.recipient})`;
    case 'token': {
      const { label, serial } = factor;
      if (label === null || serial === null) return null;
      return `token(pkcs11:token=${encodeURIComponent(label)};serial=${encodeURIComponent(serial)})`;
    }
    case 'quorum':
      return null;
  }
}
