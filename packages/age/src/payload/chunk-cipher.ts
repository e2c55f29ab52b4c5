import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { ageError } from '../error.ts';
import type { Secret } from '../secret.ts';
import { CHUNK_SIZE, SEALED_CHUNK_SIZE, TAG_SIZE } from './layout.ts';

const ALGORITHM = 'chacha20-poly1305';
const OPTIONS = { authTagLength: TAG_SIZE } as const;

/** HKDF-SHA-256 of the file key with the payload's nonce (age, "Payload"). */
export function derivePayloadKey(fileKey: Secret, nonce: Uint8Array): KeyObject {
  const derived = new Uint8Array(hkdfSync('sha256', fileKey.bytes, nonce, 'payload', 32));
  // Made once for all chunks: OpenSSL would otherwise set up the key anew for each of them.
  const payloadKey = createSecretKey(derived);
  derived.fill(0);
  return payloadKey;
}

/** 11 bytes that count the chunks, big-endian, and one that marks the last of them. */
function chunkNonce(index: number, final: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setBigUint64(3, BigInt(index));
  view.setUint8(11, final ? 1 : 0);
  return nonce;
}

/** Moves a cipher's result into `into` and frees it at once, so that the allocator reuses hot memory. */
function move(result: Buffer, into: Uint8Array): void {
  into.set(result);
  (result.buffer as ArrayBuffer).transfer(0);
}

/** Seals one chunk into `into`, which must be `TAG_SIZE` bytes longer. */
function sealChunk(
  payloadKey: KeyObject,
  index: number,
  final: boolean,
  plaintext: Uint8Array,
  into: Uint8Array,
): void {
  const cipher = createCipheriv(ALGORITHM, payloadKey, chunkNonce(index, final), OPTIONS);
  if (plaintext.length > 0) move(cipher.update(plaintext), into);
  cipher.final();
  into.set(cipher.getAuthTag(), plaintext.length);
}

/** Opens one chunk into `into`. False, and `into` wiped, when it is not the chunk that was sealed. */
export function openChunk(
  payloadKey: KeyObject,
  index: number,
  final: boolean,
  sealed: Uint8Array,
  into: Uint8Array,
): boolean {
  const length = sealed.length - TAG_SIZE;
  const decipher = createDecipheriv(ALGORITHM, payloadKey, chunkNonce(index, final), OPTIONS);
  decipher.setAuthTag(sealed.subarray(length));
  if (length > 0) move(decipher.update(sealed.subarray(0, length)), into);
  try {
    decipher.final();
    return true;
  } catch {
    into.fill(0, 0, length);
    return false;
  }
}

/** Successive chunks of a payload, in plaintext or sealed. */
export interface ChunkRun {
  /** Number of its first chunk in the payload. */
  readonly first: number;
  readonly bytes: Uint8Array;
  /** Whether the payload ends with it. */
  readonly last: boolean;
}

/** Seals a run into `into`; returns how many bytes came of it. */
export function sealChunks(payloadKey: KeyObject, run: ChunkRun, into: Uint8Array): number {
  const { bytes } = run;
  let written = 0;
  let index = run.first;
  // Once even without any bytes: an empty payload is one empty chunk.
  for (let at = 0; at === 0 || at < bytes.length; at += CHUNK_SIZE, index++) {
    const plaintext = bytes.subarray(at, at + CHUNK_SIZE);
    const final = run.last && at + CHUNK_SIZE >= bytes.length;
    sealChunk(payloadKey, index, final, plaintext, into.subarray(written));
    written += plaintext.length + TAG_SIZE;
  }
  return written;
}

/**
 * Opens a run into `into`; returns how many bytes came of it.
 * Throws AGE_PAYLOAD_DAMAGED when any of its chunks is not the one that was sealed.
 */
export function openChunks(payloadKey: KeyObject, run: ChunkRun, into: Uint8Array): number {
  const { bytes } = run;
  let written = 0;
  let index = run.first;
  for (let at = 0; at < bytes.length; at += SEALED_CHUNK_SIZE, index++) {
    const sealed = bytes.subarray(at, at + SEALED_CHUNK_SIZE);
    const final = run.last && at + SEALED_CHUNK_SIZE >= bytes.length;
    if (!openChunk(payloadKey, index, final, sealed, into.subarray(written))) {
      throw damaged(index);
    }
    written += sealed.length - TAG_SIZE;
  }
  return written;
}

export function damaged(chunk: number): Error {
  return ageError(
    'AGE_PAYLOAD_DAMAGED',
    `the encrypted content is damaged or cut short at byte ${String(chunk * CHUNK_SIZE)} of the plaintext`,
  );
}
