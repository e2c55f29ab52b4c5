import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKENS } from '../options.ts';
import { openSecretValue } from '../secret-value.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    name: { type: 'string', demandOption: true, describe: 'what the secret is called' },
    from: {
      type: 'string',
      demandOption: true,
      describe: 'the file that holds it, or - for stdin',
    },
  },
  options: TOKENS,
  example: 'secret import sso master.key',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { storeOf } = await import('@holdfast/core');
  const secret = await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    using value = await openSecretValue(args.from);
    return await storeOf(run.instance, run).import(args.name, value);
  });
  context.output.result({ secret }, () => [
    `${context.output.paint('green', 'imported')} ${secret.name}`,
    `It has no backup yet: holdfast backup store:${secret.name} --to FILE`,
  ]);
}
