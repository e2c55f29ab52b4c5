import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKENS } from '../options.ts';
import { toTerminal } from '../to-terminal.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    name: { type: 'string', demandOption: true, describe: 'what the secret is called' },
  },
  options: {
    previous: { type: 'boolean', default: false, describe: 'the version before the current one' },
    force: {
      alias: 'f',
      type: 'boolean',
      default: false,
      describe: 'print binary to a terminal',
    },
    ...TOKENS,
  },
  example: 'secret read sso > /run/sso.key',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { storeOf, toStdout } = await import('@holdfast/core');
  const { name, previous, force, json } = args;
  await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    using secret = await storeOf(run.instance, run).read(name, { previous });
    if (json) {
      const base64 = Buffer.from(secret.bytes).toString('base64');
      context.output.result({ name, previous, base64 }, () => []);
      return;
    }
    const { stdout } = process;
    const target = stdout.isTTY && !force ? toTerminal(stdout) : toStdout(stdout);
    await target.consume(only(secret.bytes), { signal: context.signal });
  });
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
