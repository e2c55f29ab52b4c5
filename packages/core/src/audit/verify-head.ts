import { HoldfastError } from '@holdfast/age';
import { headText, type ChainFault, type CheckHead, type SignedHead } from '@holdfast/catalog';

/** What is wrong with the signature over a head: nothing, or one fault. */
export function verifyHead(head: SignedHead, check: CheckHead): ChainFault[] {
  const { sequence } = head;
  try {
    const { fingerprint, trusted } = check(headText(head), Buffer.from(head.signature));
    if (trusted) return [];
    const words = `its head is signed by ${fingerprint}, whom nothing here trusts`;
    return [{ sequence, kind: 'unknown signer', words }];
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    return [{ sequence, kind: 'bad signature', words: `its head: ${cause.message}` }];
  }
}
