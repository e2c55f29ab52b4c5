import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { ANCESTOR_LABELS } from '../new-password.ts';
import { IDENTITY, PASSWORD, REQUIRE_SIGNED, TOKEN_TO_OPEN, TOKENS } from '../options.ts';
import { restoreLines } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    file: { type: 'string', demandOption: true, describe: 'the backup file' },
  },
  options: { ...PASSWORD, ...IDENTITY, ...REQUIRE_SIGNED, ...TOKENS, ...TOKEN_TO_OPEN },
  example: '-restoresecret sso.bak',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { storeOf, restore } = await import('@holdfast/core');
  const options = { passwordIs: 'existing', labels: ANCESTOR_LABELS } as const;
  const report = await withRun(args, context, options, async ({ run, config }) => {
    const to = storeOf(run.instance, run).target(config.secret);
    const requireSigned = args['require-signed'] ?? config.requireSigned;
    return await restore({ from: args.file, to, requireSigned, token: args.token }, run);
  });
  context.output.result(report, () => restoreLines(report, context.output));
}
