import type { ManifestEnvelope, PlainFactor } from '../backup-file/manifest.ts';

/** What one envelope asks for, to be read by somebody who never saw an envelope expression. */
export function opensWith({ index, factors }: ManifestEnvelope): string {
  const asked = factors.map((factor) => {
    if (factor.kind !== 'quorum') return inWords(factor);
    const names = factor.custodians.map(({ name }) => name);
    return `any ${String(factor.threshold)} of ${String(names.length)} custodians: ${names.join(', ')}`;
  });
  return `${asked.join(' AND ')} (envelope ${String(index)})`;
}

/** What one person needs, all of it. */
export function factorsInWords(factors: readonly PlainFactor[]): string {
  return factors.map(inWords).join(' AND ');
}

function inWords(factor: PlainFactor): string {
  switch (factor.kind) {
    case 'password':
      return 'the password';
    case 'recipient':
      return factor.recipient === null
        ? 'the age identity of somebody whom the backup does not name'
        : `the age identity of ${shortened(factor.recipient)}`;
    case 'token': {
      if (factor.token === null) return 'a token that the backup does not name, and its PIN';
      const { token, label, id } = factor.token;
      const serial = token.serial === '' ? '' : `, serial number ${token.serial}`;
      const key = label === '' ? `the key with the id ${id}` : `the key "${label}"`;
      return `the token "${token.label}"${serial}, with ${key}, and its PIN`;
    }
  }
}

/** A post-quantum recipient has two thousand characters; its beginning tells whose it is. */
function shortened(recipient: string): string {
  return recipient.length <= 100
    ? recipient
    : `${recipient.slice(0, 40)}... (in full in backup.json)`;
}
