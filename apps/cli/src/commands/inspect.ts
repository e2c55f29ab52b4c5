import { openGivenBackup } from '../backup-given.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { BACKUP_FILE, WAIT } from '../options.ts';
import { inspectionLines } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: WAIT,
  example: 'inspect out.tar',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { inspect } = await import('@holdfast/core');
  const inspection = await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    await using given = await openGivenBackup(args.backup, run);
    return { ...(await inspect(given.path, run.instance)), path: given.name };
  });
  context.output.result(inspection, () => inspectionLines(inspection));
}
