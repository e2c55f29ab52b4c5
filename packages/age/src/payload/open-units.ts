import type { KeyObject } from 'node:crypto';
import { openChunks } from './chunk-cipher.ts';
import type { FileEnd } from './file-end.ts';
import { CHUNK_SIZE, countChunks, SEALED_CHUNK_SIZE } from './layout.ts';
import type { Thread } from './thread.ts';
import { putUnit, takeUnit, type UnitInput } from './units.ts';

export interface OpenTask {
  readonly kind: 'open';
  readonly payloadKey: KeyObject;
  readonly input: UnitInput;
  /** `null`: only check. */
  readonly output: FileEnd | null;
}

/** Opens units until none is left. Any number of threads run this at the same time. */
export async function openUnits(thread: Thread, task: OpenTask): Promise<void> {
  const { payloadKey, input, output } = task;
  const chunks = input.unitSize / SEALED_CHUNK_SIZE;
  const sealed = new Uint8Array(input.unitSize + 1);
  const plaintext = new Uint8Array(chunks * CHUNK_SIZE);

  for (;;) {
    const unit = await takeUnit(thread, input, sealed);
    if (unit === null) return;
    const { index, bytes, last } = unit;
    const first = index * chunks;
    if (last) countChunks(first * SEALED_CHUNK_SIZE + bytes.length);
    const length = openChunks(payloadKey, { first, bytes, last }, plaintext);
    const opened = plaintext.subarray(0, length);
    if (output !== null) {
      await putUnit(thread, output, index, opened, index * plaintext.length);
    }
    thread.control.addDone(opened.length);
    await thread.breathe();
  }
}
