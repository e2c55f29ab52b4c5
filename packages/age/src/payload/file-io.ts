import { read, readSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { FileEnd } from './file-end.ts';
import type { PipeWait } from './pipe-wait.ts';
import type { Thread } from './thread.ts';

const readAsync = promisify(read);
const writeAsync = promisify(write);

/** Pauses, in milliseconds, between two attempts where nothing else tells when a file is ready. */
const SHORTEST_PAUSE = 0.05;
const LONGEST_PAUSE = 20;

/** Fills `into`, or as much of it as there is before the end. `position` counts from the end's offset. */
export async function readFully(
  thread: Thread,
  end: FileEnd,
  into: Uint8Array,
  position: number,
): Promise<number> {
  const { fd } = end;
  return await transfer(thread, end, into, position, {
    async waiting(pipe, offset) {
      const byte = await pipe.readByte();
      if (byte === null) return 0;
      into[offset] = byte;
      return 1;
    },
    sync: (offset, length, at) =>
      end.direct && at !== null
        ? thread.direct.readSync(fd, into.subarray(offset, offset + length), at)
        : readSync(fd, into, offset, length, at),
    async: async (offset, length, at) => (await readAsync(fd, into, offset, length, at)).bytesRead,
  });
}

/** Writes all of `bytes`. `position` counts from the end's offset. */
export async function writeFully(
  thread: Thread,
  end: FileEnd,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  const { fd } = end;
  const written = await transfer(thread, end, bytes, position, {
    async waiting(pipe, offset) {
      await pipe.write(bytes.subarray(offset));
      return bytes.length - offset;
    },
    sync: (offset, length, at) => writeSync(fd, bytes, offset, length, at),
    async: async (offset, length, at) =>
      (await writeAsync(fd, bytes, offset, length, at)).bytesWritten,
  });
  if (written < bytes.length) throw new Error('the file took no more bytes');
}

/** One call to the system, in three ways. `offset` and `length` are of the buffer, `at` of the file. */
interface Call {
  sync(offset: number, length: number, at: number | null): number;
  /** For a file that may block. */
  async(offset: number, length: number, at: number | null): Promise<number>;
  /** For a pipe that is not ready: in the event loop of this thread, as soon as it is. */
  waiting(pipe: PipeWait, offset: number): Promise<number>;
}

/** Calls until all bytes are transferred, or none was. Waits while the file is not ready. */
async function transfer(
  thread: Thread,
  end: FileEnd,
  bytes: Uint8Array,
  position: number,
  call: Call,
): Promise<number> {
  const pipe = thread.pipes.of(end);
  let done = 0;
  let pause = SHORTEST_PAUSE;
  let exhausted = false;
  while (done < bytes.length) {
    thread.control.throwIfStopped();
    const rest = bytes.length - done;
    const at = end.offset === null ? null : end.offset + position + done;
    let count: number;
    try {
      if (exhausted && pipe !== null) count = await call.waiting(pipe, done);
      else if (end.mayBlock) count = await thread.orCancelled(call.async(done, rest, at));
      else count = call.sync(done, rest, at);
    } catch (error) {
      if (!isAgain(error)) throw error;
      if (pipe === null) await thread.pause(pause);
      else pipe.seenOpen = true;
      exhausted = true;
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      continue;
    }
    if (count === 0) break;
    done += count;
    pause = SHORTEST_PAUSE;
    // A pipe that gave or took less than asked is empty or full: to ask again would cost an exception.
    exhausted = !exhausted && count < rest && pipe?.seenOpen === true;
  }
  return done;
}

function isAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
