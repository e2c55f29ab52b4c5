import type { Context } from '../context.ts';
import { envelopesGiven, tokenRules, workFactorGiven } from '../envelopes-given.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import {
  ACCEPT_UNKNOWN_SIGNER,
  BACKUP_FILE,
  IDENTITY,
  NEW_PASSWORD,
  PASSWORD,
  SEALING,
  TOKEN_RULES,
  TOKEN_TO_OPEN,
  TOKENS,
} from '../options.ts';
import { SHARES } from '../share-options.ts';
import { changeLines } from '../report.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: {
    ...SEALING,
    ...PASSWORD,
    ...NEW_PASSWORD,
    ...IDENTITY,
    ...SHARES,
    ...ACCEPT_UNKNOWN_SIGNER,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
    ...TOKEN_RULES,
  },
  example: 'envelopes add out.tar --recipient age1…',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { changeEnvelopes } = await import('@holdfast/core');
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run, config }) => {
      const add = await envelopesGiven(args, []);
      if (add.length === 0) throw await usageError('say which: --envelope or --recipient');
      return await changeEnvelopes(
        {
          path: args.backup,
          add,
          hint: args.hint,
          token: args.token,
          ...tokenRules(args, config),
          allowWeakPassword: args['allow-weak-password'],
          acceptUnknownSigner: args['accept-unknown-signer'],
          ...(await workFactorGiven(args, config.backup.workFactor)),
        },
        run,
      );
    },
  );
  context.output.result(report, () => changeLines(report, context.output));
}
