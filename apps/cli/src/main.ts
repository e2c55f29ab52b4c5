import { listenForCancellation } from './cancellation.ts';
import { describeFailure, printFailure, type Failure } from './failure.ts';
import { EXIT_CODE } from './exit-code.ts';
import { VERSION } from './version.ts';

/**
 * Runs one command line (without the program's name) and resolves to the exit code. It prints, but
 * never ends the process itself, except on the second Ctrl-C.
 */
export async function run(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (argv.includes('--no-color')) process.env['NO_COLOR'] = '1';
  ignoreClosedPipes();
  using cancellation = listenForCancellation();
  try {
    const { parseAndRun } = await import('./cli.ts');
    return await parseAndRun(argv, cancellation.signal);
  } catch (cause) {
    const failure = describeFailure(cause);
    const cancelled = cancellation.signal.aborted || failure.code === 'CANCELLED';
    // Some copies stand then, and it says which.
    const nothing = cancelled && failure.code !== 'COPIES_INCOMPLETE';
    printFailure(nothing ? cancelledFailure() : failure, argv.includes('--json'));
    return cancelled ? cancellation.exitCode : EXIT_CODE[failure.code];
  }
}

function cancelledFailure(): Failure {
  return {
    code: 'CANCELLED',
    message: 'cancelled: no file was written',
    remedy: 'Nothing was completed; run the command again when you are ready.',
  };
}

/** `holdfast … | head` is no mistake. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EPIPE') throw cause;
    });
  }
}
