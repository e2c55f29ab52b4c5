/** Marks a word that is a value although it begins like an option. No real argument can contain it. */
const MARK = '\0';

/** Commands with subcommands, after which `help` is no argument. */
const GROUPS: readonly (string | undefined)[] = ['secret', 'envelopes', 'token'];

/**
 * Shields `-`, a file called `help`, and whatever follows `--`, from yargs, which would take them for
 * options or lose them. `restoreWords` undoes it.
 */
export function shieldWords(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end + 1);
  const isMistaken = (word: string, index: number): boolean =>
    word === '-' || (word === 'help' && index > 0 && !GROUPS.includes(argv[0]));
  return [
    ...options.map((word, index) => (isMistaken(word, index) ? MARK + word : word)),
    ...rest.map((word) => (word.startsWith('-') ? MARK + word : word)),
  ];
}

/** The parsed arguments with every shielded word as it was written. */
export function restoreWords<Args extends object>(args: Args): Args {
  const restore = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(restore);
    return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : value;
  };
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, restore(value)]),
  ) as Args;
}
