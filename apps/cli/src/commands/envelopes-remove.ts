import type { Context } from '../context.ts';
import { tokenRules } from '../envelopes-given.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { ACCEPT_UNKNOWN_SIGNER, BACKUP_FILE, TOKEN_RULES } from '../options.ts';
import { changeLines } from '../report.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
    index: {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'numbers of envelopes, as envelopes list shows them',
    },
  },
  options: { ...ACCEPT_UNKNOWN_SIGNER, ...TOKEN_RULES },
  example: 'envelopes remove out.tar 2',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { changeEnvelopes } = await import('@holdfast/core');
  const remove: number[] = [];
  for (const index of args.index) {
    if (!/^[1-9]\d{0,5}$/.test(index))
      throw await usageError(`${index} is no number of an envelope`);
    remove.push(Number(index));
  }
  const acceptUnknownSigner = args['accept-unknown-signer'];
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run, config }) =>
      await changeEnvelopes(
        { path: args.backup, remove, acceptUnknownSigner, ...tokenRules(args, config) },
        run,
      ),
  );
  context.output.result(report, () => changeLines(report, context.output));
}
