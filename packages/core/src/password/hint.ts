import type { Secret } from '@holdfast/age';

import { coreError } from '../errors.ts';
import { passwordText } from './password-text.ts';

const LONGEST_HINT = 512;
/** Controls, line and paragraph separators, halves of characters, and what turns the writing direction. */
const NOT_IN_HINTS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
/** Pieces shorter than this are in both by chance. */
const SHORTEST_PIECE = 4;

/**
 * Checks a hint, which anyone can read. Throws HINT_INVALID when it is not one line of at most 512
 * characters, and HINT_REVEALS_PASSWORD when it holds the password or pieces that are half of it:
 * whatever their order, case, accents, punctuation or look-alike digits, also backwards.
 */
export function checkHint(hint: string, password: Secret): void {
  if (Array.from(hint).length > LONGEST_HINT) {
    throw coreError('HINT_INVALID', 'the hint is longer than 512 characters');
  }
  if (NOT_IN_HINTS.test(hint)) {
    throw coreError(
      'HINT_INVALID',
      'the hint has characters that do not belong in one line of text',
    );
  }
  if (reveals(hint, password.bytes)) {
    throw coreError('HINT_REVEALS_PASSWORD', 'the hint gives most of the password away');
  }
}

function reveals(hint: string, bytes: Uint8Array): boolean {
  if (bytes.length === 0) return false;
  const text = passwordText(bytes);
  if (hint.includes(text) || hint.includes(reverse(text)) || holdsEncoded(hint, bytes)) return true;
  return [fold, foldLookAlikes].some((plain) => {
    const wanted = plain(text);
    const shown = plain(hint);
    const words = new Set(hint.split(/[^\p{L}\p{N}]+/u).map(plain));
    return [shown, reverse(shown)].some((shownSo) => {
      if (isWhole(wanted, text) && shownSo.includes(wanted)) return true;
      const given = countGiven(wanted, shownSo, wordsOf(text, plain), words);
      return given >= Math.max(SHORTEST_PIECE, wanted.length / 2);
    });
  });
}

/** Whether folding left so much of the password that finding it means something. */
function isWhole(folded: string, text: string): boolean {
  return folded.length > 0 && folded.length * 2 >= Array.from(text).length;
}

/** How many characters of the password somebody has who takes every piece and word from the hint. */
function countGiven(
  wanted: string,
  shown: string,
  wantedWords: readonly string[],
  shownWords: ReadonlySet<string>,
): number {
  const given = new Uint8Array(wanted.length);
  for (let at = 0; at + SHORTEST_PIECE <= wanted.length; at++) {
    const end = at + SHORTEST_PIECE;
    if (shown.includes(wanted.slice(at, end))) given.fill(1, at, end);
  }
  let at = 0;
  for (const word of wantedWords) {
    if (word.length > 1 && shownWords.has(word)) given.fill(1, at, at + word.length);
    at += word.length;
  }
  return given.reduce((sum, one) => sum + one, 0);
}

function wordsOf(text: string, plain: (text: string) => string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).map(plain);
}

/** Letters and digits only, without case, accents or variants of form. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toUpperCase()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '!': 'l',
  '|': 'l',
  i: 'l',
  '3': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '7': 't',
  '+': 't',
};

function foldLookAlikes(text: string): string {
  return fold(Array.from(text.toLowerCase(), (one) => LOOK_ALIKES[one] ?? one).join(''));
}

/** Whether the hint holds the password in hexadecimal or base64. */
function holdsEncoded(hint: string, bytes: Uint8Array): boolean {
  if (bytes.length < SHORTEST_PIECE) return false;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found =
    hint.toLowerCase().includes(buffer.toString('hex')) ||
    ['base64', 'base64url'].some((as) =>
      hint.includes(buffer.toString(as as BufferEncoding).replace(/=+$/, '')),
    );
  return found;
}

function reverse(text: string): string {
  return Array.from(text).reverse().join('');
}
