/**
 * A command as one line for a POSIX shell. Whatever a terminal would obey is written as an escape, so that the line
 * can be shown; `null` for what no such line can say, which is a word that ends with a line feed.
 */
export function shellLine(words: readonly string[]): string | null {
  const quoted = words.map(quote);
  return quoted.includes(null) ? null : quoted.join(' ');
}

function quote(word: string): string | null {
  if (/^[\w./:@%+,=-]+$/.test(word)) return word;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\uFFFD]/u.test(word))
    return `'${word.replaceAll("'", `'\\''`)}'`;
  // A shell cuts line feeds off the end of what a command prints.
  return word.endsWith('\n') ? null : `"$(printf '${escaped(word)}')"`;
}

function escaped(word: string): string {
  return [...Buffer.from(word)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w./:@+,=-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');
}
