import type { Context } from '../context.ts';
import { workFactorGiven } from '../envelopes-given.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import {
  ACCEPT_UNKNOWN_SIGNER,
  BACKUP_FILE,
  IDENTITY,
  NEW_PASSWORD,
  PASSWORD,
  SEALING,
  TOKEN_TO_OPEN,
  TOKENS,
} from '../options.ts';
import { changeLines } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: {
    ...PASSWORD,
    ...NEW_PASSWORD,
    hint: SEALING.hint,
    'allow-weak-password': SEALING['allow-weak-password'],
    'work-factor': SEALING['work-factor'],
    ...IDENTITY,
    ...ACCEPT_UNKNOWN_SIGNER,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
  },
  example: 'envelopes change-password out.tar',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { changeEnvelopes, inspect } = await import('@holdfast/core');
  const report = await withRun(args, context, { passwordIs: 'existing' }, async (command) => {
    const { run, config, factors } = command;
    const {
      secret,
      hint: formerHint,
      created,
      envelopes,
    } = await inspect(args.backup, run.instance);
    const workFactor = await workFactorGiven(args, config.backup.workFactor);
    await factors.preparePassword({
      secret,
      hint: formerHint,
      created,
      attempt: 1,
      envelopes: envelopes.map(({ index }) => index),
    });
    // A discreet backup carries no hint, and no name either.
    const askHint = args.hint === undefined && secret !== null;
    const hint = (await factors.prepareNewPassword({ askHint })) ?? args.hint;
    return await changeEnvelopes(
      {
        path: args.backup,
        replacePassword: true,
        token: args.token,
        hint,
        allowWeakPassword: args['allow-weak-password'],
        acceptUnknownSigner: args['accept-unknown-signer'],
        ...workFactor,
      },
      run,
    );
  });
  context.output.result(report, () => changeLines(report, context.output));
}
