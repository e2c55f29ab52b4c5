import type { Context } from '../context.ts';
import { custodianLines } from '../custodian-report.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { CUSTODIAN_NAME } from '../options.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: { name: CUSTODIAN_NAME },
  options: {
    anyway: {
      type: 'boolean',
      default: false,
      describe: 'although a backup that is in force gave them a share',
    },
  },
  example: 'custodian remove alice',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { removeCustodian } = await import('@holdfast/core');
  const { name, anyway } = args;
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await removeCustodian({ name, anyway }, run),
  );
  context.output.result(report, () => custodianLines('removed', report, context.output));
}
