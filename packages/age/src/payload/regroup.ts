import { throwIfCancelled } from '../cancel.ts';

/** A piece of exactly the size asked for, or the last one, which may be shorter or empty. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly last: boolean;
}

/**
 * Cuts a stream of arbitrary pieces into pieces of `size` bytes (the first of `firstSize`). A full piece is kept back until it is known
 * whether anything follows. The bytes of a piece are overwritten when the next one is asked for.
 */
export async function* regroup(
  source: AsyncIterable<Uint8Array>,
  size: number,
  options: { signal?: AbortSignal | undefined; firstSize?: number } = {},
): AsyncGenerator<Piece> {
  const { signal } = options;
  const buffer = new Uint8Array(size);
  let piece = buffer.subarray(0, options.firstSize ?? size);
  let filled = 0;
  throwIfCancelled(signal);
  for await (const bytes of source) {
    throwIfCancelled(signal);
    for (let at = 0; at < bytes.length;) {
      if (filled === piece.length) {
        yield { bytes: piece, last: false };
        throwIfCancelled(signal);
        piece = buffer;
        filled = 0;
      }
      const part = bytes.subarray(at, at + piece.length - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  throwIfCancelled(signal);
  yield { bytes: piece.subarray(0, filled), last: true };
}
