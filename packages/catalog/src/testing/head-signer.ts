import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { CheckHead, HeadSigner } from '../ports.ts';

/** A signer of heads with a key of its own, and a check that trusts it. */
export interface TestSigner extends HeadSigner {
  readonly check: CheckHead;
}

/** Ed25519, bare: whose form a signature has is no matter of the catalog. */
export function headSigner({ trusted = true } = {}): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' });
  const fingerprint = createHash('sha256').update(raw).digest('hex');
  return {
    sign: (message) => Buffer.from(sign(null, message, privateKey).toString('base64')),
    check(message, signature) {
      const bytes = Buffer.from(Buffer.from(signature).toString('utf8'), 'base64');
      if (!verify(null, message, publicKey, bytes)) throw new Error('not by this key');
      return { fingerprint, trusted };
    },
  };
}
