import { createHash } from 'node:crypto';

/** The payload is digested in segments of this many bytes, so that several cores can do it. */
export const SEGMENT_SIZE = 67_108_864;

/** The payload's digest: SHA-256 over the digests of its segments, all in hexadecimal. */
export function digestOfSegments(segments: readonly string[]): string {
  const hash = createHash('sha256');
  // Not `update(segment, 'hex')`, which throws when a manifest has anything else there.
  for (const segment of segments) hash.update(Buffer.from(segment, 'hex'));
  return hash.digest('hex');
}
