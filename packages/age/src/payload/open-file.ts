import { ageError } from '../error.ts';
import type { FileInput, FileOutput, PayloadOptions, SegmentDigests } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { derivePayloadKey } from './chunk-cipher.ts';
import { Control } from './control.ts';
import { digestRoom, knownSize, listDigests } from './digest-file.ts';
import { openInput, openOutput, sizeOf, type FileEnd } from './file-end.ts';
import { readFully } from './file-io.ts';
import { countChunks, PAYLOAD_NONCE_SIZE, SEALED_CHUNK_SIZE, SEGMENT_SIZE } from './layout.ts';
import type { Task } from './task.ts';
import type { Thread } from './thread.ts';
import { runTask } from './threads.ts';
import { UNIT_CHUNKS, type Tuning } from './tuning.ts';

export interface OpenFileOptions extends PayloadOptions {
  /** Digests the whole file and its plaintext in the same pass; only for an input with an offset. */
  readonly digests?: boolean | undefined;
}

export interface DecryptedFile {
  /** Bytes of plaintext. */
  readonly size: number;
  /** Digests of the whole age file, header included. */
  readonly encrypted?: SegmentDigests;
  /** Digests of the plaintext: segment u is that of the chunks that start in encrypted segment u. */
  readonly plaintext?: SegmentDigests;
}

/**
 * Opens the payload of an age file on every core, in constant memory; with `output` `null`, only checks it.
 *
 * An input with an offset begins with the header, of `headerSize` bytes; one that is read in sequence stands
 * after the header. Both files and `fileKey` stay the caller's; nothing is synced. What was written is
 * authentic and complete only when this has returned: nothing may trust the output before.
 *
 * Throws AGE_PAYLOAD_DAMAGED, CANCELLED, INPUT_CHANGED, and the errors of node:fs as they are.
 */
export async function openFile(
  input: FileInput,
  headerSize: number,
  output: FileOutput | null,
  fileKey: Secret,
  options: OpenFileOptions = {},
  tuning: Tuning = {},
): Promise<DecryptedFile> {
  const { digests = false, ...runOptions } = options;
  const size = digests ? knownSize(input) : sizeOf(input);
  const chunksSize = size === null ? null : size - headerSize - PAYLOAD_NONCE_SIZE;
  const chunks = chunksSize === null ? null : countChunks(chunksSize);
  const { segmentSize = SEGMENT_SIZE } = tuning;
  const encrypted = digestRoom(size ?? 0, segmentSize);
  const plaintext = digestRoom(size ?? 0, segmentSize);

  using from = openInput(input);
  using to = output === null ? null : openOutput(output);
  const alone = from.mayBlock || to?.mayBlock === true;
  const control = Control.create();

  const prepare = async (thread: Thread): Promise<Task> => {
    const nonce = await readNonce(thread, from, headerSize);
    const payloadKey = derivePayloadKey(fileKey, nonce);
    const start = headerSize + PAYLOAD_NONCE_SIZE;
    if (digests && size !== null && chunks !== null) {
      const payload = { payloadKey, start, chunks, plaintext, output: to };
      return { kind: 'digest', input: from, size, segmentSize, encrypted, payload };
    }
    const unitSize = (tuning.unitChunks ?? UNIT_CHUNKS) * SEALED_CHUNK_SIZE;
    const units = { end: from, start, size: chunksSize, unitSize };
    return { kind: 'open', payloadKey, input: units, output: to };
  };
  await runTask(control, { ...runOptions, ...tuning, size, alone }, prepare);

  const opened = control.done;
  if (!digests || size === null) return { size: opened };
  return {
    size: opened,
    encrypted: listDigests(encrypted, size),
    plaintext: listDigests(plaintext, opened),
  };
}

async function readNonce(thread: Thread, from: FileEnd, headerSize: number): Promise<Uint8Array> {
  const nonce = new Uint8Array(PAYLOAD_NONCE_SIZE);
  if ((await readFully(thread, from, nonce, headerSize)) < nonce.length) {
    throw ageError('AGE_PAYLOAD_DAMAGED', 'the encrypted content is cut short');
  }
  return nonce;
}
