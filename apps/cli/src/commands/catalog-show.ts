import { catalogLines } from '../audit-report.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withRun } from '../with-run.ts';

export const command = { example: 'catalog show' } as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { catalogFacts } = await import('@holdfast/core');
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await catalogFacts(run),
  );
  context.output.result(report, () => catalogLines(report, context.output));
}
