import type { KeyObject } from 'node:crypto';
import { ageError } from '../error.ts';
import type { Secret } from '../secret.ts';
import { damaged, derivePayloadKey, openChunk } from './chunk-cipher.ts';
import { PAYLOAD_NONCE_SIZE, SEALED_CHUNK_SIZE, TAG_SIZE } from './layout.ts';
import { regroup, type Piece } from './regroup.ts';

/**
 * The plaintext of a payload, a chunk at a time, as it is asked for. Every chunk that comes out is authentic,
 * but the whole is complete only when the generator has ended without throwing.
 *
 * `source` begins after the header. `fileKey` stays the caller's and must live until the first result.
 * Throws AGE_PAYLOAD_DAMAGED and CANCELLED.
 */
export async function* openStream(
  source: AsyncIterable<Uint8Array>,
  fileKey: Secret,
  options: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const pieces = regroup(source, SEALED_CHUNK_SIZE, { ...options, firstSize: PAYLOAD_NONCE_SIZE });
  let payloadKey: KeyObject | null = null;
  let index = 0;
  for await (const piece of pieces) {
    if (payloadKey === null) {
      if (piece.last) throw payloadError('is cut short');
      payloadKey = derivePayloadKey(fileKey, piece.bytes);
      continue;
    }
    const { plaintext, problem } = openPiece(payloadKey, index, piece);
    if (plaintext !== null && plaintext.length > 0) yield plaintext;
    if (problem !== null) throw problem;
    index++;
  }
}

interface OpenedPiece {
  readonly plaintext: Uint8Array | null;
  readonly problem: Error | null;
}

function openPiece(payloadKey: KeyObject, index: number, piece: Piece): OpenedPiece {
  const { bytes, last } = piece;
  if (bytes.length < TAG_SIZE) return { plaintext: null, problem: payloadError('is cut short') };

  const plaintext = new Uint8Array(bytes.length - TAG_SIZE);
  if (openChunk(payloadKey, index, last, bytes, plaintext)) {
    const superfluous = last && index > 0 && plaintext.length === 0;
    return { plaintext, problem: superfluous ? payloadError('ends in an empty chunk') : null };
  }
  // An authentic chunk in the wrong place tells how the file was harmed; it is still worth handing out.
  if (bytes.length === SEALED_CHUNK_SIZE && openChunk(payloadKey, index, !last, bytes, plaintext)) {
    return { plaintext, problem: payloadError(last ? 'is cut short' : 'is followed by something') };
  }
  return { plaintext: null, problem: damaged(index) };
}

function payloadError(what: string): Error {
  return ageError('AGE_PAYLOAD_DAMAGED', `the encrypted content ${what}`);
}
