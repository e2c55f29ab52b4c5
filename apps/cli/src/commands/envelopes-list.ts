import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { BACKUP_FILE } from '../options.ts';
import { envelopeLines } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  example: 'envelopes list out.tar',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { inspect } = await import('@holdfast/core');
  const { path, id, generation, envelopes } = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await inspect(args.backup, run.instance),
  );
  context.output.result({ path, id, generation, envelopes }, () => envelopeLines(envelopes));
}
