import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { columns } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = { example: 'secret list' } as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { storeOf } = await import('@holdfast/core');
  const secrets = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await storeOf(run.instance).list(),
  );
  context.output.result({ secrets }, () =>
    secrets.length === 0
      ? ['The store is empty.']
      : columns(
          secrets.map(({ name, versions }) => [
            name,
            versions
              .map(({ version, created }) => `version ${String(version)} of ${created}`)
              .join(', '),
          ]),
        ),
  );
}
