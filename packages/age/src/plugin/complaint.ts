import { HoldfastError } from '../error.ts';

const LONGEST = 1000;

/** Whatever was thrown, in one line for a terminal that the plugin never sees. */
export function oneLine(cause: unknown): Uint8Array {
  const text = inWords(cause).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return Buffer.from(text.slice(0, LONGEST));
}

function inWords(cause: unknown): string {
  if (cause instanceof HoldfastError) return `${cause.message}. ${cause.remedy}`;
  const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : typeof cause;
  return `the plugin failed: ${what}`;
}

/** Whether an error blames a stanza, and which of these; the first when it does not say. */
export function blamedStanza(cause: unknown, stanzas: readonly unknown[]): number | null {
  if (!(cause instanceof HoldfastError) || cause.code !== 'AGE_HEADER_INVALID') return null;
  return Math.max(0, stanzas.indexOf(cause.cause));
}
