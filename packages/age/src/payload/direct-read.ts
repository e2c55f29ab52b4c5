import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { SEALED_CHUNK_SIZE } from './layout.ts';
import { UNIT_CHUNKS } from './tuning.ts';

const readAsync = promisify(read);

/** Offset, length and memory address of a direct read are multiples of this: no common medium wants more. */
const BLOCK = 4096;
/** A unit, wherever it begins, is one call. */
const MOST_OF_A_THREAD = UNIT_CHUNKS * SEALED_CHUNK_SIZE;
const MOST_OF_A_CALL = 64 * 1024;

/** Reads any bytes of files that were opened with O_DIRECT, through whole blocks in memory of its own. */
export class DirectReader {
  readonly #size: number;
  #memory: Uint8Array | null = null;

  /** `most`: how many bytes one call to the system is to give. The memory is made at the first read. */
  constructor(most = MOST_OF_A_THREAD) {
    this.#size = Math.ceil(most / BLOCK) * BLOCK + BLOCK;
  }

  /** Reads as `readSync` of node:fs does: it may give less than asked, and nothing only at the end. */
  readSync(fd: number, into: Uint8Array, position: number): number {
    const { blocks, before } = this.#blocksAround(position, into.length);
    const count = readSync(fd, blocks, 0, blocks.length, position - before);
    return move(blocks.subarray(before, count), into);
  }

  /** As {@link readSync}, in a thread of the system's; not to be called again before it has resolved. */
  async read(fd: number, into: Uint8Array, position: number): Promise<number> {
    const { blocks, before } = this.#blocksAround(position, into.length);
    const { bytesRead } = await readAsync(fd, blocks, 0, blocks.length, position - before);
    return move(blocks.subarray(before, bytesRead), into);
  }

  #blocksAround(position: number, length: number): { blocks: Uint8Array; before: number } {
    const before = position % BLOCK;
    const size = Math.ceil((before + length) / BLOCK) * BLOCK;
    this.#memory ??= allocatePages(this.#size);
    return { blocks: this.#memory.subarray(0, size), before };
  }
}

/**
 * Fills `into` from a file that was opened with O_DIRECT, or as much of it as there is before the end; for
 * small parts. Throws the errors of node:fs as they are: EINVAL where the file system cannot read like this.
 */
export async function readDirect(fd: number, into: Uint8Array, position: number): Promise<number> {
  const reader = new DirectReader(Math.min(into.length, MOST_OF_A_CALL));
  let done = 0;
  while (done < into.length) {
    const count = await reader.read(fd, into.subarray(done), position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** V8 gives pages of their own to buffers that can be resized; any other begins somewhere in a page. */
function allocatePages(size: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(size, { maxByteLength: size }), 0, size);
}

function move(bytes: Uint8Array, into: Uint8Array): number {
  const wanted = bytes.subarray(0, into.length);
  into.set(wanted);
  return wanted.length;
}
