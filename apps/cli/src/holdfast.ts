// The first file that runs. It is built to parse in every Node that knows ES modules, so that one that is too
// old is told so, and it loads nothing before it has to: `--version` and `--help` are answered from here.
import manifest from '../package.json' with { type: 'json' };

const NEEDED = 24;

/** `--help` as `main.ts` prints it in 100 columns, put here by the build: to render it costs as much as Node itself. */
declare const HOLDFAST_HELP: string;
const HELP_COLUMNS = 100;

function columns(): number {
  // Asking node:tty, or process.stdout, loads all of Node's sockets: only when it may be a terminal.
  const mayBeTerminal = process.getBuiltinModule('node:fs').fstatSync(1).isCharacterDevice();
  return mayBeTerminal ? process.stdout.columns || HELP_COLUMNS : HELP_COLUMNS;
}

function print(text: string): void {
  try {
    // Costs less than opening process.stdout.
    process.getBuiltinModule('node:fs').writeSync(1, text);
  } catch {
    process.stdout.write(text);
  }
}

async function start(): Promise<void> {
  const { run } = await import('./main.ts');
  process.exitCode = await run(process.argv.slice(2));
}

const only = process.argv.length === 3 ? process.argv[2] : null;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `error: Holdfast needs Node ${NEEDED} or later; this is ${process.version}\n` +
      'hint: Install a newer Node from https://nodejs.org, or run holdfast with one that you have.\n',
  );
  process.exitCode = 69;
} else if (only === '--version') {
  print(`${manifest.version}\n`);
} else if (only === '--help' && typeof HOLDFAST_HELP === 'string' && columns() >= HELP_COLUMNS) {
  print(HOLDFAST_HELP);
} else {
  void start();
}
