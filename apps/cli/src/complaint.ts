import { ANCESTOR_COMMANDS } from './ancestor.ts';
import { COMMAND_NAMES } from './commands.ts';

const CHOICE = /Argument: (.+), Given: "(.*)", Choices: (.+)/;

type Group = keyof typeof COMMAND_NAMES;

/** What is wrong, and what to do about it. */
type Explanation = readonly [message: string, remedy: string];

/**
 * Says what is wrong with a command line: yargs' complaint in the words of the house, with the command
 * or option that was probably meant.
 */
export async function explainComplaint(
  complaint: string,
  words: readonly string[],
  options: readonly string[],
): Promise<Explanation> {
  const [line = '', ...more] = complaint.replaceAll('\0', '').split('\n');
  const named = plainWords(words);
  const group = named[0] !== undefined && named[0] in COMMAND_NAMES ? (named[0] as Group) : null;
  const help = `See ${['holdfast', group, '--help'].filter(Boolean).join(' ')} for how this is written.`;
  const { closest } = await import('@holdfast/core');
  const suggest = (near: string | null, prefix: string): string =>
    near === null ? help : `Did you mean ${prefix}${near}?`;

  const [command, subcommand] = named;
  const isAncestor = Object.values<string>(ANCESTOR_COMMANDS).includes(command ?? '');
  if (command !== undefined && group === null && !isAncestor) {
    const near = closest(command, Object.keys(COMMAND_NAMES));
    return [`there is no command ${command}`, suggest(near, 'holdfast ')];
  }
  const subcommands: readonly string[] = group === null ? [] : COMMAND_NAMES[group];
  if (subcommand !== undefined && subcommands.length > 0 && !subcommands.includes(subcommand)) {
    const near = closest(subcommand, subcommands);
    return [
      `there is no command ${String(group)} ${subcommand}`,
      suggest(near, `holdfast ${String(group)} `),
    ];
  }
  const [, unknown] = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(line) ?? [];
  if (unknown !== undefined) {
    const written = words.find((word) => word.replace(/=.*/s, '').replace(/^--?/, '') === unknown);
    if (!written?.startsWith('-')) {
      return [`nothing is to follow here: ${unknown}`, help];
    }
    const near = closest(
      unknown,
      options.filter((option) => option.length > 1),
    );
    return [`there is no option ${written.replace(/=.*/s, '')}`, suggest(near, '--')];
  }
  const [, needy] = /^Not enough arguments following: (\S+)/.exec(line) ?? [];
  if (needy !== undefined)
    return [`${needy.length === 1 ? '-' : '--'}${needy} needs a value`, help];
  if (line.startsWith('Not enough non-option arguments')) return ['something is missing', help];
  const [, required] = /^Missing required arguments?: (.+)/.exec(line) ?? [];
  if (required !== undefined)
    return [`--${required.split(', ').join(' and --')} must be given`, help];
  const [, argument, given, choices] = CHOICE.exec(more.join('\n')) ?? [];
  if (choices !== undefined) {
    const allowed = choices.replaceAll('"', '').replace(/, ([^,]+)$/, ' or $1');
    return [`${String(argument)} cannot be ${String(given)}: take ${allowed}`, help];
  }
  return [line.charAt(0).toLowerCase() + line.slice(1), help];
}

/** The words that are no options, nor values of the options that may stand before a command. */
function plainWords(words: readonly string[]): string[] {
  return words.filter(
    (word, index) => !word.startsWith('-') && !/^--(config|state)$/.test(words[index - 1] ?? ''),
  );
}
