/** The hidden commands that stand behind the ancestor's spellings. */
export const ANCESTOR_COMMANDS = {
  generatesecret: 'ancestor-generate',
  backupsecret: 'ancestor-backup',
  restoresecret: 'ancestor-restore',
} as const;

const SPELLING = /^(?:--?|\/)(generatesecret|backupsecret|restoresecret)$/i;
const TAKES_VALUE: readonly string[] = ['--config', '--state'];

/**
 * Rewrites `-backupSecret FILE` and its like, in any case, with one dash, two, or a slash, where a command
 * is expected; anywhere else such a word is left alone.
 */
export function translateAncestor(argv: readonly string[]): readonly string[] {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const [, name] = SPELLING.exec(word) ?? [];
    if (name !== undefined) {
      const command = ANCESTOR_COMMANDS[name.toLowerCase() as keyof typeof ANCESTOR_COMMANDS];
      return [command, ...argv.slice(0, index), ...argv.slice(index + 1)];
    }
    if (TAKES_VALUE.includes(word)) index += 1;
    else if (!word.startsWith('-')) break;
  }
  return argv;
}
