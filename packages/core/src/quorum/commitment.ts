import { createHash, timingSafeEqual } from 'node:crypto';
import type { Share } from './share.ts';

const DOMAIN = 'holdfast-share-commitment/1\0';

/**
 * What the manifest says of a share: SHA-256 over the domain, the 16 bytes of the set, the index as one byte and
 * the share. It betrays nothing, because a share has as many random bytes as the identity in it.
 */
export function commitmentOf({
  set,
  index,
  value,
}: Pick<Share, 'set' | 'index' | 'value'>): string {
  return digest(set, index, value.bytes).toString('hex');
}

export function agrees(share: Pick<Share, 'set' | 'index' | 'value'>, commitment: string): boolean {
  const found = digest(share.set, share.index, share.value.bytes);
  return timingSafeEqual(found, Buffer.from(commitment, 'hex'));
}

function digest(set: string, index: number, share: Uint8Array): Buffer {
  return createHash('sha256')
    .update(DOMAIN)
    .update(Buffer.from(set, 'hex'))
    .update(Uint8Array.of(index))
    .update(share)
    .digest();
}
