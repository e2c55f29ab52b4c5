export interface Write {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Writes that a stick has acknowledged and not stored yet. */
export class WriteCache {
  #writes: Write[] = [];

  add(write: Write): void {
    this.#writes.push(write);
  }

  /** Lays what is cached over `bytes` that were read at `offset`. */
  cover(offset: number, bytes: Buffer): void {
    for (const write of this.#writes) {
      const from = Math.max(offset, write.offset);
      const to = Math.min(offset + bytes.length, write.offset + write.bytes.length);
      if (from < to) write.bytes.copy(bytes, from - offset, from - write.offset, to - write.offset);
    }
  }

  /** Empties the cache; what was in it, in the order in which it came. */
  take(): readonly Write[] {
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }
}
