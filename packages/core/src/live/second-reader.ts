/** A stream, and what came of reading it beside whoever it is for. */
export interface Shared<Result> {
  readonly content: AsyncIterable<Uint8Array>;
  /** Settles once the stream has ended. */
  readonly result: Promise<Result>;
}

/** Has a second reader see every piece of a stream before it is passed on. Nothing is kept or copied. */
export function withSecondReader<Result>(
  content: AsyncIterable<Uint8Array>,
  read: (copy: AsyncIterable<Uint8Array>) => Promise<Result>,
): Shared<Result> {
  let offered = Promise.withResolvers<Uint8Array | null>();
  let taken = Promise.withResolvers<undefined>();
  let reading = true;

  async function* copy(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = await offered.promise;
      if (bytes === null) return;
      offered = Promise.withResolvers();
      yield bytes;
      taken.resolve(undefined);
    }
  }
  const result = read(copy());
  const stop = (): void => {
    reading = false;
    taken.resolve(undefined);
  };
  // Whoever asks for the result learns of its failure there.
  result.then(stop, stop);

  async function* passed(): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of content) {
        if (reading) {
          taken = Promise.withResolvers();
          offered.resolve(bytes);
          await taken.promise;
        }
        yield bytes;
      }
    } finally {
      offered.resolve(null);
    }
  }
  return { content: passed(), result };
}
