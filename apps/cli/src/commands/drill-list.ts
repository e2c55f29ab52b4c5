import type { Context } from '../context.ts';
import { drillListLines } from '../drill-report.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  options: {
    secret: { type: 'string', nargs: 1, describe: 'of this secret only' },
    limit: { type: 'number', nargs: 1, default: 50, describe: 'how many drills' },
  },
  example: 'drill list --secret sso',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { listDrills } = await import('@holdfast/core');
  const { secret, limit } = args;
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw await usageError('--limit takes a number from 1 to 10000');
  const drills = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await listDrills({ secret, limit }, run),
  );
  context.output.result({ drills }, () => drillListLines(drills, context.output));
}
