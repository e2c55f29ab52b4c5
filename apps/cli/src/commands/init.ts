import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKENS } from '../options.ts';
import { columns, signerRows, warningRows, type Row } from '../report.ts';
import { keyOnToken } from '../token-report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  options: {
    'store-token': {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'alias or URI of a key that holds the secret store; repeatable',
    },
    ...TOKENS,
  },
  example: 'init --state /var/lib/holdfast',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { initInstance } = await import('@holdfast/core');
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await initInstance(run.instance, { ...run, storeTokens: args.storeToken }),
  );
  const { folder, trustFile, made, repaired, storeTokens, warnings, signer } = report;
  context.output.result(report, () => [
    `${context.output.paint('green', 'ready')} ${folder}`,
    ...columns([
      ['made', made.length === 0 ? 'nothing: it was set up already' : made.join(', ')],
      ['repaired', repaired.length === 0 ? null : repaired.join(', ')],
      ['trust', trustFile],
      ...storeTokens.map((key, place): Row => [
        place === 0 ? 'store' : '',
        `${place === 0 ? 'held by' : 'or'} ${keyOnToken(key)}`,
      ]),
      ...warningRows(warnings),
      ...signerRows('signs as', signer),
    ]),
  ]);
}
