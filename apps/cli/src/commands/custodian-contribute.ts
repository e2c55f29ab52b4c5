import { openGivenBackup } from '../backup-given.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import {
  BACKUP_FILE,
  IDENTITY,
  PASSWORD,
  REQUIRE_SIGNED,
  TOKEN_TO_OPEN,
  TOKENS,
} from '../options.ts';
import { SHARE_OF } from '../share-options.ts';
import { contributionLines } from '../share-report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: { backup: BACKUP_FILE },
  options: {
    ...SHARE_OF,
    to: {
      type: 'string',
      nargs: 1,
      demandOption: true,
      describe: 'age1… of whoever restores, as custodian session printed it',
    },
    output: {
      alias: 'o',
      type: 'string',
      nargs: 1,
      default: '-',
      describe: 'file to write the share to, sealed anew; - for stdout',
    },
    ...REQUIRE_SIGNED,
    ...PASSWORD,
    ...IDENTITY,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
  },
  example: 'custodian contribute out.tar --as alice --to age1… -o alice.age',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { contribute } = await import('@holdfast/core');
  const { as, to, envelope, token } = args;
  const file = args.output === '-' ? undefined : args.output;
  const options = { passwordIs: 'existing', custodian: as } as const;
  const made = await withRun(args, context, options, async ({ run, config }) => {
    await using given = await openGivenBackup(args.backup, run);
    const requireSigned = args.requireSigned ?? config.requireSigned;
    const request = { from: given.path, as, to, file, envelope, token, requireSigned };
    return await contribute(request, run);
  });
  if (file === undefined)
    context.output.answer(made, () => made.contribution.trimEnd().split('\n'));
  else context.output.result(made, () => contributionLines(made, context.output));
}
