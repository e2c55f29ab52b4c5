/** A source of these bytes alone. */
export function once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  return resume(bytes, {
    next: async () => await Promise.resolve({ done: true, value: undefined }),
  });
}

/**
 * `first`, and then what is left of `source`. Not a generator: on the way of every byte, each of
 * those costs as much as everything else.
 */
export function resume(
  first: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncIterableIterator<Uint8Array> {
  let pending: Uint8Array | null = first.length > 0 ? first : null;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    // eslint-disable-next-line @typescript-eslint/promise-function-async -- see above
    next() {
      if (pending === null) return source.next();
      const value = pending;
      pending = null;
      return Promise.resolve({ done: false, value });
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}
