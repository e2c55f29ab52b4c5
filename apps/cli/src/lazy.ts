import type {
  ArgumentsCamelCase,
  Argv,
  InferredOptionTypes,
  Options,
  PositionalOptions,
} from 'yargs';
import type { Context, GlobalArgs } from './context.ts';
import { createOutput } from './output.ts';
import { usageError } from './usage.ts';
import { restoreWords } from './words.ts';

/** What one command takes. */
export interface CommandShape {
  readonly positionals?: Readonly<Record<string, PositionalOptions>>;
  readonly options?: Readonly<Record<string, Options>>;
  /** One line as it would be typed, without the name of the program. */
  readonly example: string;
  /** Whether a service can do it, or only one can; without it, only this machine. */
  readonly remote?: 'too' | 'only';
}

type OptionsOf<Part> = Part extends Record<string, Options> ? InferredOptionTypes<Part> : object;
type Member<Shape, Name extends string> = Name extends keyof Shape ? Shape[Name] : undefined;

/** The arguments that a command is run with. */
export type ArgsOf<Shape extends CommandShape> = ArgumentsCamelCase<
  GlobalArgs & OptionsOf<Member<Shape, 'positionals'>> & OptionsOf<Member<Shape, 'options'>>
>;

/** One file of commands/: parse, one call to core, print. */
export interface CommandFile<Args> {
  readonly command: CommandShape;
  /** Resolves to the exit code, where that is not 0 for every success. */
  run(this: void, args: Args, context: Context): Promise<void> | Promise<number>;
}

const EVERYWHERE = [
  'config',
  'state',
  'server',
  'access-token-file',
  'client-cert',
  'client-key',
  'ca',
];

type Parts = [
  (cli: Argv<GlobalArgs>) => Promise<Argv<GlobalArgs>>,
  (args: ArgumentsCamelCase<GlobalArgs>) => Promise<void>,
];

/** By the signal that a command line is run with: yargs hands on nothing that a command resolves to. */
const EXIT_CODES = new WeakMap<AbortSignal, number>();

/** What the command that was run with `signal` asks the process to end with. */
export function exitCodeOf(signal: AbortSignal): number {
  return EXIT_CODES.get(signal) ?? 0;
}

/** What yargs wants to know of a command, whose file is imported only when it is named. */
export function lazy<Args extends GlobalArgs>(
  signal: AbortSignal,
  load: () => Promise<CommandFile<Args>>,
): Parts {
  return [
    async (cli) => {
      const { positionals = {}, options = {}, example } = (await load()).command;
      for (const [name, positional] of Object.entries(positionals))
        cli.positional(name, positional);
      // A command's own options come first: a group is shown where it was first named.
      const own = Object.keys(options).filter((name) => options[name]?.group === undefined);
      cli.group(own, 'Options:').options(options).example(`$0 ${example}`, '');
      return cli;
    },
    async (args) => {
      const given = restoreWords(args);
      const { command, run } = await load();
      await refuseTwice(given, command);
      await refuseElsewhere(args, command);
      // The command's own options made these arguments: see ArgsOf.
      const code = await run(given as unknown as Args, { output: createOutput(given), signal });
      if (typeof code === 'number') EXIT_CODES.set(signal, code);
    },
  ];
}

/** @throws USAGE */
async function refuseElsewhere({ server }: GlobalArgs, { remote }: CommandShape): Promise<void> {
  if (server !== undefined && remote === undefined) {
    throw await usageError('this is done on this machine: leave --server out');
  }
  if (server === undefined && remote === 'only') {
    throw await usageError('jobs are those of a service: say which with --server https://…');
  }
}

/** yargs makes an array of an option that is given twice, and NaN of a number that is none. */
async function refuseTwice(args: object, { options = {} }: CommandShape): Promise<void> {
  for (const name of [...EVERYWHERE, ...Object.keys(options)]) {
    const given: unknown = Reflect.get(args, name);
    if (Array.isArray(given) && options[name]?.array !== true) {
      throw await usageError(`--${name} was given twice`);
    }
    if (Number.isNaN(given)) throw await usageError(`--${name} takes a number`);
  }
}
