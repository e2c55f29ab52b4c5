import { createHash } from 'node:crypto';
import type { FileInput, PayloadOptions, SegmentDigests } from '../ports.ts';
import { Control } from './control.ts';
import { DIGEST_SIZE } from './digest-segments.ts';
import { openInput, sizeOf } from './file-end.ts';
import { SEGMENT_SIZE } from './layout.ts';
import { runTask } from './threads.ts';
import type { Tuning } from './tuning.ts';

/**
 * Digests a part of a file on every core: SHA-256 of each 64 MiB, and of the concatenation of these.
 * The file stays the caller's. Throws CANCELLED, INPUT_CHANGED, and the errors of node:fs as they are.
 */
export async function digestFile(
  input: FileInput & { readonly offset: number },
  options: PayloadOptions = {},
  tuning: Tuning = {},
): Promise<SegmentDigests> {
  const { segmentSize = SEGMENT_SIZE } = tuning;
  const size = knownSize(input);
  const encrypted = digestRoom(size, segmentSize);
  using end = openInput(input);
  await runTask(Control.create(), { ...options, ...tuning, size, alone: false }, () => ({
    kind: 'digest',
    input: end,
    size,
    segmentSize,
    encrypted,
    payload: null,
  }));
  return listDigests(encrypted, size);
}

/** The size of an input that is to be digested: in segments, so by position. */
export function knownSize(input: FileInput): number {
  const size = sizeOf(input);
  if (size === null) throw new TypeError('only a file with an offset can be digested');
  return size;
}

/** Shared memory for the digests of all segments. Even nothing is one segment. */
export function digestRoom(size: number, segmentSize: number): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.max(1, Math.ceil(size / segmentSize)) * DIGEST_SIZE);
}

export function listDigests(room: SharedArrayBuffer, size: number): SegmentDigests {
  const all = Uint8Array.from(new Uint8Array(room));
  const segments: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += DIGEST_SIZE) {
    segments.push(all.slice(at, at + DIGEST_SIZE));
  }
  return { size, segments, digest: createHash('sha256').update(all).digest() };
}
