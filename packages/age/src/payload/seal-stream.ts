import { randomFillSync } from 'node:crypto';
import type { Secret } from '../secret.ts';
import { derivePayloadKey, sealChunks } from './chunk-cipher.ts';
import { CHUNK_SIZE, PAYLOAD_NONCE_SIZE, TAG_SIZE } from './layout.ts';
import { regroup } from './regroup.ts';

/**
 * The payload of an age file, a chunk at a time, as it is asked for. `fileKey` stays the caller's, and
 * is used only up to the first result. Throws CANCELLED.
 */
export async function* sealStream(
  source: AsyncIterable<Uint8Array>,
  fileKey: Secret,
  options: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const nonce = randomFillSync(new Uint8Array(PAYLOAD_NONCE_SIZE));
  const payloadKey = derivePayloadKey(fileKey, nonce);
  yield nonce;

  let first = 0;
  for await (const { bytes, last } of regroup(source, CHUNK_SIZE, options)) {
    const sealed = new Uint8Array(bytes.length + TAG_SIZE);
    sealChunks(payloadKey, { first, bytes, last }, sealed);
    first++;
    yield sealed;
  }
}
