import type { Context } from '../context.ts';
import { custodianListLines } from '../custodian-report.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withRun } from '../with-run.ts';

export const command = { example: 'custodian list' } as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { listCustodians } = await import('@holdfast/core');
  const custodians = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await listCustodians(run),
  );
  context.output.result({ custodians }, () => custodianListLines(custodians, context.output));
}
