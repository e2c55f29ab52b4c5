import { coreError } from '../errors.ts';
import type { Manifest } from './manifest.ts';

export const LONGEST_NAME = 255;
export const LONGEST_HINT = 512;
/** Of a token's label and serial number: CK_TOKEN_INFO has 32 bytes for either. */
export const LONGEST_TOKEN_TEXT = 64;
/** Of an identity line: the public part of RSA 4096, and every text at its longest. */
export const LONGEST_IDENTITY = 8192;

// Controls, line and paragraph separators, halves of characters, and what turns the writing direction:
// these texts are shown on terminals before anybody knows who wrote them.
const NOT_IN_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/** Whether a manifest may hold this text: one line that is not empty, of at most `limit` characters. */
export function isLine(text: string, limit: number): boolean {
  return text !== '' && Array.from(text).length <= limit && !NOT_IN_A_LINE.test(text);
}

/**
 * Refuses, before anything is written, what no manifest could hold and no reader would accept. Throws
 * SECRET_NAME_INVALID or HINT_INVALID.
 */
export function assertManifestText({ secret, hint }: Pick<Manifest, 'secret' | 'hint'>): void {
  if (secret !== null && !isLine(secret, LONGEST_NAME)) {
    throw coreError(
      'SECRET_NAME_INVALID',
      `the name of the secret is not one line of 1 to ${String(LONGEST_NAME)} characters`,
    );
  }
  if (hint !== null && !isLine(hint, LONGEST_HINT)) {
    throw coreError(
      'HINT_INVALID',
      `the hint is not one line of 1 to ${String(LONGEST_HINT)} characters`,
    );
  }
}
