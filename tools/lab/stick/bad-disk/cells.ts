import type { FileHandle } from 'node:fs/promises';

import { DiskError } from '../nbd/serve.ts';

/**
 * What happens beyond the last real byte of a stick that claims to have more: writes are taken and forgotten, or
 * come around to the beginning, or fail.
 */
export type Beyond = 'drop' | 'wrap' | 'fail';

/** A part of a request that lies in one piece on the real cells; `null`: on none. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly at: number | null;
}

/** The cells in which a stick really stores its bytes: a file. */
export class Cells {
  readonly #file: FileHandle;
  readonly #real: number;
  readonly #beyond: Beyond;

  constructor(file: FileHandle, real: number, beyond: Beyond) {
    this.#file = file;
    this.#real = real;
    this.#beyond = beyond;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    for (const { from, to, at } of this.#pieces(offset, length)) {
      if (at !== null) await this.#file.read(bytes, from, to - from, at);
    }
    return bytes;
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    for (const { from, to, at } of this.#pieces(offset, bytes.length)) {
      if (at !== null) await this.#file.write(bytes, from, to - from, at);
    }
  }

  /** Throws when a request reaches where this stick says that it fails. */
  check(offset: number, length: number): void {
    if (this.#beyond === 'fail' && offset + length > this.#real) throw new DiskError('EIO');
  }

  *#pieces(offset: number, length: number): Generator<Piece> {
    for (let from = 0; from < length;) {
      const wanted = offset + from;
      const real = wanted < this.#real || this.#beyond === 'wrap';
      const at = real ? wanted % this.#real : null;
      const to = at === null ? length : Math.min(length, from + this.#real - at);
      yield { from, to, at };
      from = to;
    }
  }
}
