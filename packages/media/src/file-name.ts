/** Names that Windows has taken for itself, with any ending. */
const TAKEN = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const LONGEST = 60;

/**
 * A text as the beginning of a file name that every file system takes, and that says the same on each: letters,
 * digits, dots, dashes and underscores, at most 60, none of them at an end where it would be lost or hidden.
 */
export function fileName(text: string): string {
  const plain = cut(
    text
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, ''),
  );
  if (plain === '') return 'backup';
  return TAKEN.test(plain) ? cut(`_${plain}`) : plain;
}

function cut(name: string): string {
  return name.slice(0, LONGEST).replace(/[.-]+$/, '');
}
