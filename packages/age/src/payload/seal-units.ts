import type { KeyObject } from 'node:crypto';
import { sealChunks } from './chunk-cipher.ts';
import type { FileEnd } from './file-end.ts';
import { CHUNK_SIZE, PAYLOAD_NONCE_SIZE, SEALED_CHUNK_SIZE } from './layout.ts';
import type { Thread } from './thread.ts';
import { putUnit, takeUnit, type UnitInput } from './units.ts';

export interface SealTask {
  readonly kind: 'seal';
  readonly payloadKey: KeyObject;
  /** Written before the first chunk. */
  readonly nonce: Uint8Array;
  readonly input: UnitInput;
  readonly output: FileEnd;
}

/** Seals units until none is left. Any number of threads run this at the same time. */
export async function sealUnits(thread: Thread, task: SealTask): Promise<void> {
  const { payloadKey, input, output } = task;
  const chunks = input.unitSize / CHUNK_SIZE;
  const plaintext = new Uint8Array(input.unitSize + 1);
  const sealed = new Uint8Array(PAYLOAD_NONCE_SIZE + chunks * SEALED_CHUNK_SIZE);
  const sealedChunks = sealed.subarray(PAYLOAD_NONCE_SIZE);
  sealed.set(task.nonce);

  for (;;) {
    const unit = await takeUnit(thread, input, plaintext);
    if (unit === null) return;
    const { index, bytes, last } = unit;
    const length = sealChunks(payloadKey, { first: index * chunks, bytes, last }, sealedChunks);
    // The first unit takes the nonce along.
    const skipped = index === 0 ? 0 : PAYLOAD_NONCE_SIZE;
    const result = sealed.subarray(skipped, PAYLOAD_NONCE_SIZE + length);
    await putUnit(thread, output, index, result, skipped + index * sealedChunks.length);
    thread.control.addDone(bytes.length);
    await thread.breathe();
  }
}
