import { ageError } from '../error.ts';

/** Plaintext bytes of every chunk but the last (age, "Payload"). */
export const CHUNK_SIZE = 64 * 1024;
/** What the Poly1305 tag adds to a chunk. */
export const TAG_SIZE = 16;
export const SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE;
/** The payload begins with a nonce, from which its key is derived. */
export const PAYLOAD_NONCE_SIZE = 16;
/** What digests of segments cover: enough that a core has work for a while, few enough to list. */
export const SEGMENT_SIZE = 64 * 1024 * 1024;

/** Bytes of the sealed chunks, without the nonce, for so many bytes of plaintext. */
export function sealedSize(plaintextSize: number): number {
  const chunks = Math.max(1, Math.ceil(plaintextSize / CHUNK_SIZE));
  return plaintextSize + chunks * TAG_SIZE;
}

/**
 * How many chunks so many sealed bytes hold.
 * Throws AGE_PAYLOAD_DAMAGED for a size that no payload can have.
 */
export function countChunks(sealedBytes: number): number {
  const chunks = Math.ceil(sealedBytes / SEALED_CHUNK_SIZE);
  const last = sealedBytes - (chunks - 1) * SEALED_CHUNK_SIZE;
  if (sealedBytes < TAG_SIZE || last < TAG_SIZE) {
    throw ageError('AGE_PAYLOAD_DAMAGED', 'the encrypted content is cut short');
  }
  if (last === TAG_SIZE && chunks > 1) {
    throw ageError('AGE_PAYLOAD_DAMAGED', 'the encrypted content ends in an empty chunk');
  }
  return chunks;
}
