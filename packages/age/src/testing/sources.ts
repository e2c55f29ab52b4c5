/** `bytes` in pieces of `size`, as a stream. */
export function inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      let at = 0;
      return {
        // eslint-disable-next-line @typescript-eslint/promise-function-async -- called for every byte
        next() {
          if (at >= bytes.length) return Promise.resolve({ done: true, value: undefined });
          const value = bytes.subarray(at, at + size);
          at += size;
          return Promise.resolve({ done: false, value });
        },
      };
    },
  };
}

/** Everything that `source` yields before it ends or throws. */
export async function drain(
  source: AsyncIterable<Uint8Array>,
): Promise<{ bytes: Buffer; error: unknown }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of source) parts.push(part);
    return { bytes: Buffer.concat(parts), error: null };
  } catch (error) {
    return { bytes: Buffer.concat(parts), error };
  }
}
