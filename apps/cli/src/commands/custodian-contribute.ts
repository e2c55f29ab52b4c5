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
import { contributeToSession } from '../remote/contribute-share.ts';
import { contributionLines } from '../share-report.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: { backup: BACKUP_FILE },
  options: {
    ...SHARE_OF,
    to: {
      type: 'string',
      nargs: 1,
      describe: 'age1… of whoever restores, as custodian session printed it',
    },
    session: {
      type: 'string',
      nargs: 1,
      describe: 'id of the session of a service: with --server',
    },
    'invitation-file': {
      type: 'string',
      nargs: 1,
      describe: 'the file of the invitation to that session',
    },
    yes: { type: 'boolean', default: false, describe: 'give it for what the session is for' },
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
  remote: 'too',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { contribute } = await import('@holdfast/core');
  const { as, to, envelope, token, session, server } = args;
  if ((server === undefined) !== (session === undefined)) {
    throw await usageError('--session and --server go together');
  }
  if ((to === undefined) === (session === undefined)) {
    throw await usageError('say to whom: --to age1…, or --session ID with --server');
  }
  const file = args.output === '-' ? undefined : args.output;
  const options = { passwordIs: 'existing', custodian: as } as const;
  const made = await withRun(args, context, options, async ({ run, config, factors }) => {
    await using given = await openGivenBackup(args.backup, run);
    const requireSigned = args.requireSigned ?? config.requireSigned;
    const share = { from: given.path, as, envelope, token, requireSigned };
    if (to !== undefined) return await contribute({ ...share, to, file }, run);
    const { atTerminal } = factors;
    return await contributeToSession({ ...args, session: session ?? '' }, share, {
      run,
      atTerminal,
    });
  });
  if (session !== undefined) {
    const { contribution: _, ...told } = made;
    context.output.result({ ...told, session }, () => [
      `${context.output.paint('green', 'sent')} the share of ${as} to the session ${session}`,
    ]);
    return;
  }
  if (file === undefined)
    context.output.answer(made, () => made.contribution.trimEnd().split('\n'));
  else context.output.result(made, () => contributionLines(made, context.output));
}
