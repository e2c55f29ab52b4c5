import yargs, { type Argv } from 'yargs';
import { translateAncestor } from './ancestor.ts';
import { addCommands } from './commands.ts';
import type { GlobalArgs } from './context.ts';
import { exitCodeOf } from './lazy.ts';
import { usageError } from './usage.ts';
import { VERSION } from './version.ts';
import { shieldWords } from './words.ts';

const EPILOGUE = `A password is asked for on the terminal; without one, give --password-file, --password-fd or a
systemd credential. docs/cli.md has exit codes and JSON, docs/configuration.md the settings.`;

/** The only place that configures yargs. */
export async function parseAndRun(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const translated = translateAncestor(argv);
  const words = shieldWords(translated);
  const bare: Argv = yargs(words)
    .scriptName('holdfast')
    .usage('$0 <command>\n\nKeeps a provably restorable copy of a master secret.')
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .detectLocale(false)
    .locale('en');
  const cli: Argv<GlobalArgs> = bare
    .option('config', { type: 'string', nargs: 1, describe: 'configuration file' })
    .option('state', { type: 'string', nargs: 1, describe: 'state folder' })
    .option('json', { type: 'boolean', default: false, describe: 'one JSON object as the result' })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'print no report' })
    .option('no-color', { type: 'boolean', default: false, describe: 'no colours' })
    .option('server', { type: 'string', nargs: 1, describe: 'https://… of a service that does it' })
    .option('access-token-file', {
      type: 'string',
      nargs: 1,
      describe: 'the file of your access token there',
    })
    .option('client-cert', {
      type: 'string',
      nargs: 1,
      describe: 'your client certificate, in PEM',
    })
    .option('client-key', { type: 'string', nargs: 1, describe: 'its private key' })
    .option('ca', { type: 'string', nargs: 1, describe: 'authority of the service, in PEM' });
  try {
    await addCommands(cli, signal)
      .demandCommand(1, 'give a command, such as backup or restore')
      .strict()
      .wrap(Math.min(100, process.stdout.columns || 100))
      .help('help')
      .alias('help', 'h')
      .describe('help', 'show this help')
      .version('version', 'show the version', VERSION)
      .group([], 'Options:')
      .group(['server', 'access-token-file', 'client-cert', 'client-key', 'ca'], 'With a service:')
      .group(['config', 'state', 'json', 'quiet', 'no-color', 'help', 'version'], 'Everywhere:')
      .example('$0 backup gitlab-secrets.json --to out.tar', 'back up a file under a password')
      .example('$0 restore out.tar --to restored.json', 'put it back')
      .epilogue(EPILOGUE)
      .exitProcess(false)
      .showHelpOnFail(false)
      .fail((message: string | null, cause: Error | undefined) => {
        throw cause ?? new Complaint(message ?? 'the command line is wrong', knownOptions(cli));
      })
      .parseAsync();
    return exitCodeOf(signal);
  } catch (cause) {
    if (cause instanceof Complaint)
      throw await inOurWords(cause.message, translated, cause.options);
    if (cause instanceof Error && cause.name === 'YError')
      throw await inOurWords(cause.message, translated, []);
    throw cause;
  }
}

/** What yargs has to say about a command line that is wrong, and the options that would be right. */
class Complaint extends Error {
  readonly options: readonly string[];

  constructor(message: string, options: readonly string[]) {
    super(message);
    this.options = options;
  }
}

/** yargs has this method and does not declare it. */
function knownOptions(cli: object): readonly string[] {
  const { getOptions } = cli as { getOptions?: () => { key: Readonly<Record<string, unknown>> } };
  return Object.keys(getOptions?.call(cli).key ?? {});
}

async function inOurWords(
  complaint: string,
  words: readonly string[],
  options: readonly string[],
): Promise<Error> {
  const { explainComplaint } = await import('./complaint.ts');
  return await usageError(...(await explainComplaint(complaint, words, options)));
}
