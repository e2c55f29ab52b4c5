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
import { checkLines } from '../share-report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: { backup: BACKUP_FILE },
  options: {
    ...SHARE_OF,
    ...REQUIRE_SIGNED,
    ...PASSWORD,
    ...IDENTITY,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
  },
  example: 'custodian check out.tar --as alice',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { checkShare } = await import('@holdfast/core');
  const { as, envelope, token } = args;
  const options = { passwordIs: 'existing', custodian: as } as const;
  const report = await withRun(args, context, options, async ({ run, config }) => {
    await using given = await openGivenBackup(args.backup, run);
    const requireSigned = args.requireSigned ?? config.requireSigned;
    return await checkShare({ from: given.path, as, envelope, token, requireSigned }, run);
  });
  context.output.result(report, () => checkLines(report, context.output));
}
