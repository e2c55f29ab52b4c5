import { createHash, type KeyObject } from 'node:crypto';
import { openChunks } from './chunk-cipher.ts';
import type { FileEnd } from './file-end.ts';
import { writeFully } from './file-io.ts';
import { CHUNK_SIZE, SEALED_CHUNK_SIZE } from './layout.ts';
import type { Thread } from './thread.ts';
import { readExactly, writingTurn } from './units.ts';

export const DIGEST_SIZE = 32;
const CHUNKS_PER_RUN = 16;

export interface DigestTask {
  readonly kind: 'digest';
  readonly input: FileEnd;
  /** Of the whole region that is digested, from the input's offset. */
  readonly size: number;
  readonly segmentSize: number;
  /** Room for one SHA-256 a segment. */
  readonly encrypted: SharedArrayBuffer;
  /** Opens what it digests, too; `null`: only the bytes as they are. */
  readonly payload: OpenedPayload | null;
}

export interface OpenedPayload {
  readonly payloadKey: KeyObject;
  /** Where the first chunk begins, from the input's offset. */
  readonly start: number;
  readonly chunks: number;
  /** Room for one SHA-256 a segment. */
  readonly plaintext: SharedArrayBuffer;
  /** `null`: only check. */
  readonly output: FileEnd | null;
}

/** Digests segments until none is left. Any number of threads run this at the same time. */
export async function digestSegments(thread: Thread, task: DigestTask): Promise<void> {
  const buffer = new Uint8Array(CHUNKS_PER_RUN * SEALED_CHUNK_SIZE);
  const opened = new Uint8Array(task.payload === null ? 0 : CHUNKS_PER_RUN * CHUNK_SIZE);
  const segments = Math.max(1, Math.ceil(task.size / task.segmentSize));

  for (;;) {
    const index = thread.control.takeUnit();
    if (index >= segments) return;
    const begin = index * task.segmentSize;
    const end = Math.min(begin + task.segmentSize, task.size);
    await digestSegment(thread, task, { index, begin, end }, { buffer, opened });
  }
}

interface Segment {
  readonly index: number;
  readonly begin: number;
  readonly end: number;
}

interface Buffers {
  readonly buffer: Uint8Array;
  readonly opened: Uint8Array;
}

async function digestSegment(
  thread: Thread,
  task: DigestTask,
  { index, begin, end }: Segment,
  buffers: Buffers,
): Promise<void> {
  const encrypted = createHash('sha256');
  const { payload } = task;
  const first = payload === null ? 0 : chunksBefore(payload, begin);
  const after = payload === null ? 0 : chunksBefore(payload, end);

  // What belongs to the header, or to a chunk that started in the segment before.
  const lead = payload === null ? end : Math.min(chunkStart(payload, first), end);
  for (let at = begin; at < lead;) {
    const bytes = buffers.buffer.subarray(0, lead - at);
    await readExactly(thread, task.input, bytes, at);
    encrypted.update(bytes);
    if (payload === null) thread.control.addDone(bytes.length);
    at += bytes.length;
    await thread.breathe();
  }
  if (payload !== null) {
    const sink = await openSink(thread, payload, index);
    for (let chunk = first; chunk < after; chunk += CHUNKS_PER_RUN) {
      const next = Math.min(chunk + CHUNKS_PER_RUN, after);
      const from = chunkStart(payload, chunk);
      const to = Math.min(chunkStart(payload, next), task.size);
      const bytes = buffers.buffer.subarray(0, to - from);
      await readExactly(thread, task.input, bytes, from);
      encrypted.update(bytes.subarray(0, end - from));
      const run = { first: chunk, bytes, last: next === payload.chunks };
      const length = openChunks(payload.payloadKey, run, buffers.opened);
      await sink.write(buffers.opened.subarray(0, length), chunk * CHUNK_SIZE);
      thread.control.addDone(length);
      await thread.breathe();
    }
    sink.end();
  }
  encrypted.digest().copy(new Uint8Array(task.encrypted, index * DIGEST_SIZE, DIGEST_SIZE));
}

interface Sink {
  write(plaintext: Uint8Array, position: number): Promise<void>;
  end(): void;
}

/** Where the plaintext of one segment goes: into its digest, and to the output when it is its turn. */
async function openSink(thread: Thread, payload: OpenedPayload, index: number): Promise<Sink> {
  const { output } = payload;
  const hash = createHash('sha256');
  const inSequence = output !== null && output.offset === null;
  if (inSequence) await writingTurn(thread, index);
  return {
    async write(plaintext, position) {
      hash.update(plaintext);
      if (output !== null) await writeFully(thread, output, plaintext, position);
    },
    end() {
      hash.digest().copy(new Uint8Array(payload.plaintext, index * DIGEST_SIZE, DIGEST_SIZE));
      if (inSequence) thread.control.endWriting(index);
    },
  };
}

function chunkStart(payload: OpenedPayload, chunk: number): number {
  return payload.start + chunk * SEALED_CHUNK_SIZE;
}

/** How many chunks start before a place in the file. */
function chunksBefore(payload: OpenedPayload, place: number): number {
  const chunks = Math.ceil((place - payload.start) / SEALED_CHUNK_SIZE);
  return Math.min(Math.max(chunks, 0), payload.chunks);
}
