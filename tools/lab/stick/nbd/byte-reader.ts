import type { Socket } from 'node:net';

/** The other side has gone, in the middle of a message or between two. */
export class EndOfStream extends Error {
  override readonly name = 'EndOfStream';
}

/** Takes as many bytes from a socket as are asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer, undefined>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#chunks = (socket as AsyncIterable<Buffer, undefined>)[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Buffer> {
    if (this.#rest.length < length) await this.#fill(length);
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  async #fill(length: number): Promise<void> {
    const parts = [this.#rest];
    for (let has = this.#rest.length; has < length;) {
      const chunk = await this.#next();
      parts.push(chunk);
      has += chunk.length;
    }
    this.#rest = Buffer.concat(parts);
  }

  async #next(): Promise<Buffer> {
    try {
      const { value } = await this.#chunks.next();
      if (value !== undefined) return value;
    } catch {
      // A connection that broke is one that has ended.
    }
    throw new EndOfStream();
  }
}
