import { createHash, type Hash } from 'node:crypto';
import {
  CHUNK_SIZE,
  PAYLOAD_NONCE_SIZE,
  sealedSize,
  SEALED_CHUNK_SIZE,
  SEGMENT_SIZE,
} from './layout.ts';
import type { Tuning } from './tuning.ts';

/** Bytes of the header of a file for one X25519 recipient. */
const HEADER_SIZE = 168;

/**
 * Digests plaintext as it comes: what `decryptFile` would say of these bytes in a file for one X25519 recipient,
 * without the file. Keeps no plaintext.
 */
export class PlaintextDigest {
  readonly #start: number;
  readonly #segmentSize: number;
  readonly #all: Hash = createHash('sha256');
  #segment: Hash = createHash('sha256');
  #segments = 1;
  #size = 0;

  constructor(
    { segmentSize = SEGMENT_SIZE }: Pick<Tuning, 'segmentSize'> = {},
    header = HEADER_SIZE,
  ) {
    this.#segmentSize = segmentSize;
    this.#start = header + PAYLOAD_NONCE_SIZE;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** `bytes` stay the caller's, to be used again at once. */
  update(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const room = this.#end() - this.#size;
      if (room === 0) {
        this.#close();
        continue;
      }
      const part = bytes.subarray(done, done + room);
      this.#segment.update(part);
      this.#size += part.length;
      done += part.length;
    }
  }

  /** To be called once, at the end. */
  digest(): Uint8Array {
    const fileSize = this.#start + sealedSize(this.#size);
    const segments = Math.ceil(fileSize / this.#segmentSize);
    // The last chunk may reach into segments of the file in which none starts.
    while (this.#segments < segments) this.#close();
    this.#all.update(this.#segment.digest());
    return this.#all.digest();
  }

  /** Where the plaintext of this segment ends: before the first chunk that starts in the next one. */
  #end(): number {
    const chunks = Math.ceil(
      (this.#segments * this.#segmentSize - this.#start) / SEALED_CHUNK_SIZE,
    );
    return Math.max(chunks, 0) * CHUNK_SIZE;
  }

  #close(): void {
    this.#all.update(this.#segment.digest());
    this.#segment = createHash('sha256');
    this.#segments += 1;
  }
}
