import { randomFillSync } from 'node:crypto';
import type { FileInput, FileOutput, PayloadOptions } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { derivePayloadKey } from './chunk-cipher.ts';
import { Control } from './control.ts';
import { openInput, openOutput, sizeOf } from './file-end.ts';
import { CHUNK_SIZE, PAYLOAD_NONCE_SIZE, sealedSize } from './layout.ts';
import { runTask } from './threads.ts';
import { UNIT_CHUNKS, type Tuning } from './tuning.ts';

/**
 * Writes the payload of an age file on every core, in constant memory. The header is written already:
 * `output` begins after it. Both files and `fileKey` stay the caller's; nothing is synced.
 *
 * `size` counts the bytes written. Throws CANCELLED, INPUT_CHANGED when the input became shorter, and the
 * errors of node:fs as they are; what was written until then is of no use.
 */
export async function sealFile(
  input: FileInput,
  output: FileOutput,
  fileKey: Secret,
  options: PayloadOptions = {},
  tuning: Tuning = {},
): Promise<{ size: number; plaintextSize: number }> {
  const size = sizeOf(input);
  const nonce = randomFillSync(new Uint8Array(PAYLOAD_NONCE_SIZE));
  const payloadKey = derivePayloadKey(fileKey, nonce);
  const control = Control.create();
  using from = openInput(input);
  using to = openOutput(output);
  const alone = from.mayBlock || to.mayBlock;
  await runTask(control, { ...options, ...tuning, size, alone }, () => ({
    kind: 'seal',
    payloadKey,
    nonce,
    input: { end: from, start: 0, size, unitSize: (tuning.unitChunks ?? UNIT_CHUNKS) * CHUNK_SIZE },
    output: to,
  }));
  const plaintextSize = control.done;
  return { size: PAYLOAD_NONCE_SIZE + sealedSize(plaintextSize), plaintextSize };
}
