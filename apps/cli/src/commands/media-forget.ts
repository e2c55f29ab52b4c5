import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { REGISTERED_MEDIUM } from '../options.ts';
import { printable } from '../to-terminal.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: { medium: REGISTERED_MEDIUM },
  example: 'media forget vault-1',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { forgetMedium, nameOfRow } = await import('@holdfast/core');
  const { output } = context;
  const row = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await forgetMedium(args.medium, run),
  );
  output.result({ id: row.id, name: row.name }, () => [
    `${output.paint('green', 'forgot')} ${printable(nameOfRow(row))}; what lies on it stays there`,
  ]);
}
