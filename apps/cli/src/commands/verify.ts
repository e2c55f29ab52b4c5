import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { BACKUP_FILE, IDENTITY, PASSWORD, REQUIRE_SIGNED } from '../options.ts';
import { verificationLines } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: {
    full: {
      type: 'boolean',
      default: false,
      describe: 'open it too, asking for what that takes',
    },
    ...REQUIRE_SIGNED,
    ...PASSWORD,
    ...IDENTITY,
  },
  example: 'verify out.tar --full',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { verify } = await import('@holdfast/core');
  const found = await withRun(args, context, { passwordIs: 'existing' }, async (command) => {
    const { run, config, factors } = command;
    const withFactors = args.full || (await factors.atHand());
    const requireSigned = args['require-signed'] ?? config.requireSigned;
    return await verify({ from: args.backup, withFactors, requireSigned }, run);
  });
  context.output.result(found, () => verificationLines(found, context.output));
}
