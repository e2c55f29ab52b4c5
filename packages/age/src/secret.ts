import { randomFillSync } from 'node:crypto';

/**
 * Bytes that must not linger: a file key, a password, an identity.
 *
 * Disposing wipes them and makes them unusable. They never appear in JSON, in a template string or
 * in an inspected object.
 */
export class Secret implements Disposable {
  #bytes: Uint8Array<ArrayBuffer> | null;

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** Takes ownership of `bytes`: the caller must not use them again. */
  static take(bytes: Uint8Array<ArrayBuffer>): Secret {
    return new Secret(bytes);
  }

  /** Copies `bytes`, which stay the caller's to wipe. */
  static copy(bytes: Uint8Array): Secret {
    return new Secret(Uint8Array.from(bytes));
  }

  /** UTF-8 bytes of `text`. The string itself cannot be wiped: keep its life short. */
  static fromText(text: string): Secret {
    return new Secret(new TextEncoder().encode(text));
  }

  static random(length: number): Secret {
    return new Secret(randomFillSync(new Uint8Array(length)));
  }

  /** A view of the bytes, valid until disposal. Throws when already disposed. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes === null) throw new TypeError('this secret was already disposed');
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    this.#bytes?.fill(0);
    this.#bytes = null;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
