import { ageError } from '../error.ts';
import type { FileEnd } from './file-end.ts';
import { readFully, writeFully } from './file-io.ts';
import type { Thread } from './thread.ts';

/** A part of the input that one thread works on. */
export interface Unit {
  readonly index: number;
  /** Valid until this thread takes its next unit. */
  readonly bytes: Uint8Array;
  /** Whether the input ends with it. */
  readonly last: boolean;
}

/** What is read: an end, from where, and how much of it (`null`: to its end, in sequence). */
export interface UnitInput {
  readonly end: FileEnd;
  readonly start: number;
  readonly size: number | null;
  readonly unitSize: number;
}

/** Takes the next unit that nobody has taken yet, and reads it into `buffer`. */
export async function takeUnit(
  thread: Thread,
  input: UnitInput,
  buffer: Uint8Array,
): Promise<Unit | null> {
  return input.size === null
    ? await takeNext(thread, input, buffer)
    : await takeAt(thread, input, input.size, buffer);
}

async function takeAt(
  thread: Thread,
  input: UnitInput,
  size: number,
  buffer: Uint8Array,
): Promise<Unit | null> {
  const index = thread.control.takeUnit();
  const begin = index * input.unitSize;
  // The first unit is there even when it is empty.
  if (begin >= size && index > 0) return null;
  const bytes = buffer.subarray(0, Math.min(input.unitSize, size - begin));
  await readExactly(thread, input.end, bytes, input.start + begin);
  return { index, bytes, last: begin + input.unitSize >= size };
}

/**
 * Threads take turns reading a pipe, and work on what they have read while another one reads. Each reads a
 * byte beyond its unit, to know whether that is the last one; the next unit begins with this byte.
 */
async function takeNext(
  thread: Thread,
  { end, unitSize }: UnitInput,
  buffer: Uint8Array,
): Promise<Unit | null> {
  const { control } = thread;
  while (!control.tryReading()) {
    control.throwIfStopped();
    await thread.waitFor(control.readingChange());
  }
  try {
    if (control.ended) return null;
    const { carried } = control;
    if (carried !== null) buffer[0] = carried;
    const begin = carried === null ? 0 : 1;
    const filled = begin + (await readFully(thread, end, buffer.subarray(begin, unitSize + 1), 0));
    const last = filled <= unitSize;
    control.carried = last ? null : (buffer[unitSize] ?? null);
    control.ended = last;
    return {
      index: control.takeUnit(),
      bytes: buffer.subarray(0, Math.min(filled, unitSize)),
      last,
    };
  } finally {
    control.endReading();
  }
}

/** Writes what became of unit `index`: at its place, or when the units before it are written. */
export async function putUnit(
  thread: Thread,
  end: FileEnd,
  index: number,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  if (end.offset !== null) {
    await writeFully(thread, end, bytes, position);
    return;
  }
  await writingTurn(thread, index);
  await writeFully(thread, end, bytes, 0);
  thread.control.endWriting(index);
}

/** Waits until everything before unit `index` is written to a sequential output. */
export async function writingTurn(thread: Thread, index: number): Promise<void> {
  const { control } = thread;
  for (let writing = control.writing; writing !== index; writing = control.writing) {
    control.throwIfStopped();
    await thread.waitFor(control.writingChange(writing));
  }
}

/** Fills `into` from a file whose size is known. Throws INPUT_CHANGED when the file has become shorter. */
export async function readExactly(
  thread: Thread,
  end: FileEnd,
  into: Uint8Array,
  position: number,
): Promise<void> {
  const filled = await readFully(thread, end, into, position);
  if (filled < into.length) {
    throw ageError('INPUT_CHANGED', 'the file became shorter while it was read');
  }
}
