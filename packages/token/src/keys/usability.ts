import type { CustodyClaims, KeyAlgorithm, MechanismInfo } from '../ports.ts';
import { algorithmOf, type KeyEntry } from './key-entries.ts';
import { pairAlgorithm } from './known-key.ts';

const MECHANISMS: Readonly<Record<KeyAlgorithm, readonly string[]>> = {
  p256: ['CKM_ECDH1_DERIVE'],
  rsa: ['CKM_RSA_PKCS_OAEP', 'CKM_RSA_X_509'],
  aes: ['CKM_AES_CMAC'],
  hmac: ['CKM_SHA256_HMAC'],
};

const USES = { p256: 'derive', rsa: 'decrypt', aes: 'sign', hmac: 'sign' } as const;

/** Why a key cannot hold a backup, in words; `null` when nothing that can be seen speaks against it. */
export function whyUnusable(
  entry: KeyEntry,
  mechanisms: readonly MechanismInfo[] | null,
): string | null {
  const algorithm = algorithmOf(entry);
  if (algorithm === null) return wrongKind(entry);
  const use = USES[algorithm];
  if (entry.own?.usage[use] === false) return `it may not be used to ${use}`;
  const needed = MECHANISMS[algorithm];
  if (mechanisms !== null && !mechanisms.some(({ name }) => needed.includes(name))) {
    return `the token does not offer ${needed.join(' or ')}`;
  }
  return null;
}

function wrongKind({ own, publicKey, objects }: KeyEntry): string {
  const { type, bits } = own ?? objects[0] ?? { type: 'other', bits: null };
  const size = bits === null ? '' : ` of ${bits} bits`;
  if (type === 'ec') {
    return publicKey === null || pairAlgorithm(publicKey) === null
      ? `it is on a curve other than P-256`
      : 'it is an EC key that cannot serve';
  }
  if (type === 'rsa') return `it is an RSA key${size}; 2048 to 4096 are needed`;
  if (type === 'generic') return `it is a secret key${size}, which is too short`;
  return 'it is of a kind that cannot hold a backup';
}

/** What the holder of a key should think of, in words. The token only claims it; nothing here refuses. */
export function custodyWarnings(claims: CustodyClaims): string[] {
  const warnings: string[] = [];
  if (claims.extractable === true) warnings.push('it can be extracted from the token');
  else if (claims.sensitive === false) warnings.push('the token shows it in clear');
  else if (claims.neverExtractable === false && claims.local !== false) {
    warnings.push('it could once be extracted from the token');
  }
  if (claims.local === false) {
    warnings.push('it was imported: a copy may exist elsewhere, a deliberate twin perhaps');
  }
  return warnings;
}
