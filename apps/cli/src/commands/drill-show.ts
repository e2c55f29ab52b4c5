import type { Context } from '../context.ts';
import { receiptLines } from '../drill-report.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    id: { type: 'string', demandOption: true, describe: 'id of the drill, or how it begins' },
  },
  example: 'drill show 0f8fad5b',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { showDrill } = await import('@holdfast/core');
  const shown = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await showDrill(args.id, run),
  );
  context.output.result(shown, () => receiptLines(shown, context.output));
}
