import { createHash } from 'node:crypto';
import { Secret } from '@holdfast/age';
import type { OaepHash } from '../ports.ts';

/**
 * The message of a block that raw RSA gave back: EME-OAEP decoding (RFC 8017 §7.1.2), MGF1 with the same
 * hash. `null` for whatever is wrong with it: all is computed before anything is decided, so that neither
 * the result nor, as far as JavaScript goes, the time tells which check failed (Manger's attack).
 * `block` has the length of the modulus and stays the caller's to wipe.
 */
export function openOaepMessage(
  block: Uint8Array,
  hash: OaepHash,
  label: Uint8Array,
): Secret | null {
  const labelHash = createHash(hash).update(label).digest();
  const size = labelHash.length;
  // Its length is no secret: it is the modulus's.
  if (block.length < 2 * size + 2) return null;
  const seed = Uint8Array.from(block.subarray(1, 1 + size));
  const content = Uint8Array.from(block.subarray(1 + size));
  try {
    mask(seed, content, hash);
    mask(content, seed, hash);
    let bad = block[0] ?? 1;
    for (let at = 0; at < size; at++) bad |= (content[at] ?? 0) ^ (labelHash[at] ?? 0);
    let found = 0;
    let start = 0;
    for (let at = size; at < content.length; at++) {
      const byte = content[at] ?? 0;
      const isOne = ((byte ^ 1) - 1) >>> 31;
      const isZero = (byte - 1) >>> 31;
      const first = isOne & (found ^ 1);
      start |= (at + 1) & -first;
      bad |= (found ^ 1) & (isOne ^ 1) & (isZero ^ 1);
      found |= isOne;
    }
    bad |= found ^ 1;
    return bad === 0 ? Secret.copy(content.subarray(start)) : null;
  } finally {
    seed.fill(0);
    content.fill(0);
  }
}

/** XORs `target` with MGF1 of `seed` (RFC 8017 §B.2.1). */
function mask(target: Uint8Array, seed: Uint8Array, hash: OaepHash): void {
  const counter = Buffer.alloc(4);
  for (let at = 0, round = 0; at < target.length; round++) {
    counter.writeUInt32BE(round);
    const block = createHash(hash).update(seed).update(counter).digest();
    for (const byte of block) {
      if (at === target.length) break;
      target[at] = (target[at] ?? 0) ^ byte;
      at++;
    }
    block.fill(0);
  }
}
