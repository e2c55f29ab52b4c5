import type { SignedHead } from '../ports.ts';

/** The bytes that the signature of a head covers: four lines of text. */
export function headText({
  sequence,
  hash,
  time,
}: Pick<SignedHead, 'sequence' | 'hash' | 'time'>): Uint8Array<ArrayBuffer> {
  const lines = ['holdfast-audit-head/1', String(sequence), hash, time];
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}
