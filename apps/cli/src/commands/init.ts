import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { columns, signerRows } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  example: 'init --state /var/lib/holdfast',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { initInstance } = await import('@holdfast/core');
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await initInstance(run.instance),
  );
  const { folder, trustFile, made, repaired, signer } = report;
  context.output.result(report, () => [
    `${context.output.paint('green', 'ready')} ${folder}`,
    ...columns([
      ['made', made.length === 0 ? 'nothing: it was set up already' : made.join(', ')],
      ['repaired', repaired.length === 0 ? null : repaired.join(', ')],
      ['trust', trustFile],
      ...signerRows('signs as', signer),
    ]),
  ]);
}
