/** What only tests and measurements set. */
export interface Tuning {
  /** Chunks that a thread takes at a time. */
  readonly unitChunks?: number;
  /** Bytes of a digested segment. */
  readonly segmentSize?: number;
  /** How much must be there to do before workers are started. */
  readonly workersFrom?: number;
  /** Begins only when every thread is there, so that each takes part however little there is to do. */
  readonly everyThread?: boolean;
}

/** A mebibyte: small enough for the caches, large enough that sharing it out costs nothing. */
export const UNIT_CHUNKS = 16;
