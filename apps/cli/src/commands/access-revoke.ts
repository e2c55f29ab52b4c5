import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: { name: { type: 'string', demandOption: true, describe: 'whose token' } },
  example: 'access revoke backup-timer',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { revokeAccess } = await import('@holdfast/core');
  const access = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await revokeAccess(args.name, run),
  );
  const { output } = context;
  output.result({ access }, () => [`${output.paint('green', 'revoked')} ${access.name}`]);
}
