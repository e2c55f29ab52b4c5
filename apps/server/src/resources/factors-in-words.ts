import type { BackupRow } from '@holdfast/core/service';

type Factor = BackupRow['envelopes'][number]['factors'][number];

/** Who can open an envelope, as an expression would say it, and with what is known of tokens. */
export function factorsInWords(factors: readonly Factor[]): string {
  return factors.map(inWords).join(' + ');
}

function inWords(factor: Factor): string {
  switch (factor.kind) {
    case 'password':
      return 'password';
    case 'recipient':
      return `recipient(${factor.recipient ?? 'not told'})`;
    case 'token':
      return `token(${[factor.label, factor.serial].filter((it) => it !== null).join(', ') || 'not told'})`;
    case 'quorum': {
      const names = factor.custodians.map(({ name }) => name);
      return `quorum(${[String(factor.threshold), ...names].join(', ')})`;
    }
  }
}
