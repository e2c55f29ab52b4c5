import type { Context } from '../context.ts';
import { tokenRules, workFactorGiven } from '../envelopes-given.ts';
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
    index: {
      type: 'string',
      demandOption: true,
      describe: 'number of the envelope, as envelopes list shows it',
    },
    expression: {
      type: 'string',
      demandOption: true,
      describe: 'who can open it from now on, such as quorum(2, alice, bob, carol)',
    },
  },
  options: {
    hint: SEALING.hint,
    'allow-weak-password': SEALING['allow-weak-password'],
    'work-factor': SEALING['work-factor'],
    ...PASSWORD,
    ...NEW_PASSWORD,
    ...IDENTITY,
    ...SHARES,
    ...ACCEPT_UNKNOWN_SIGNER,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
    ...TOKEN_RULES,
  },
  example: "envelopes replace out.tar 2 'quorum(2, alice, bob, dave)'",
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { changeEnvelopes, parseEnvelope } = await import('@holdfast/core');
  const { index, expression } = args;
  if (!/^[1-9]\d{0,5}$/.test(index)) throw await usageError(`${index} is no number of an envelope`);
  parseEnvelope(expression);
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run, config }) =>
      await changeEnvelopes(
        {
          path: args.backup,
          replace: { index: Number(index), expression },
          hint: args.hint,
          token: args.token,
          ...tokenRules(args, config),
          allowWeakPassword: args['allow-weak-password'],
          acceptUnknownSigner: args['accept-unknown-signer'],
          ...(await workFactorGiven(args, config.backup.workFactor)),
        },
        run,
      ),
  );
  context.output.result(report, () => changeLines(report, context.output));
}
