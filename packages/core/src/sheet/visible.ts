/**
 * A text from outside as it may stand on a page: whatever would not be seen, or would turn the direction of
 * what follows, is written by its number. Halves of characters too: no file can hold them.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu, byNumber);
}

/** The same in ASCII alone, and so that it can be told back: a backslash is doubled. */
export function inAscii(text: string): string {
  return text.replaceAll('\\', '\\\\').replace(/[^ -~]/gu, byNumber);
}

function byNumber(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
