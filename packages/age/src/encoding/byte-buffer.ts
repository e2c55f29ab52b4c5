/** Public bytes that arrive in pieces of any size, in amortised linear time. */
export class ByteBuffer {
  #store = new Uint8Array(4096);
  #length = 0;

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#store.length) {
      const grown = new Uint8Array(Math.max(needed, this.#store.length * 2));
      grown.set(this.bytes);
      this.#store = grown;
    }
    this.#store.set(bytes, this.#length);
    this.#length = needed;
  }

  /** A view of what has arrived, valid until the next `append`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#store.subarray(0, this.#length);
  }
}
