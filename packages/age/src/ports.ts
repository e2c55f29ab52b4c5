import type { Secret } from './secret.ts';

/** One stanza of a header: the file key, wrapped for one recipient. `args[0]` is its type. */
export interface Stanza {
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

/** Who can open a file; public. Implement it to encrypt to something new. */
export interface Recipient {
  /**
   * Wraps the file key. `fileKey` stays the caller's and is wiped afterwards: do not keep it.
   * Every recipient of one file must return the same set of `labels`, or encryption is refused
   * (C2SP age-plugin, "labels"); leaving it out means none.
   */
  wrapFileKey(
    fileKey: Uint8Array,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Stanza[]>;
  readonly labels?: readonly string[];
}

/** What opens a file; private. Implement it to decrypt with something new. */
export interface Identity {
  /**
   * Returns the file key, owned by the caller, or `null` when none of the stanzas is for this identity.
   * Throws only when a stanza that is for this identity is malformed (AGE_HEADER_INVALID, with the stanza
   * as its cause), or the operation itself failed.
   */
  unwrapFileKey(
    stanzas: readonly Stanza[],
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Secret | null>;
}

/**
 * Where bytes come from: an open file, which stays the caller's to close.
 * With `offset`, reads are positional, `size` bytes from there (to the end of the file without it) and
 * the file position is neither used nor moved. Without `offset`, it is read in sequence to its end
 * (a pipe, or standard input).
 */
export interface FileInput {
  readonly fd: number;
  readonly offset?: number;
  readonly size?: number;
  /**
   * `fd` was opened with O_DIRECT: it is read in whole blocks, from the medium and not from the page cache.
   * Only with `offset`. A file system that cannot do that either throws EINVAL, at the opening or at a read,
   * or, as tmpfs does, gives what it has in memory and does not say so.
   */
  readonly direct?: boolean;
}

/** Where bytes go: an open file, which stays the caller's to sync and close. */
export interface FileOutput {
  readonly fd: number;
  /** Positional writes from here; without it, in sequence (a pipe, or standard output). */
  readonly offset?: number;
}

export interface PayloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Plaintext bytes done so far. Called often; do little. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** How many threads may work; all cores by default. */
  readonly threads?: number | undefined;
}

/** SHA-256 of each 64 MiB segment, and of their concatenation: digests that several cores can make. */
export interface SegmentDigests {
  /** Bytes covered. */
  readonly size: number;
  readonly segments: readonly Uint8Array[];
  /** SHA-256 over the concatenated segment digests. */
  readonly digest: Uint8Array;
}
