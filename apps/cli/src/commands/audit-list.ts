import { auditLines } from '../audit-report.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { timeGiven } from '../time-given.ts';
import { withRun } from '../with-run.ts';

export const command = {
  options: {
    secret: { type: 'string', nargs: 1, describe: 'of this secret only' },
    backup: { type: 'string', nargs: 1, describe: 'of the backup with this id only' },
    custodian: { type: 'string', nargs: 1, describe: 'of this custodian only' },
    action: { type: 'string', nargs: 1, describe: 'of one kind only, such as backup.make' },
    since: { type: 'string', nargs: 1, describe: 'from this date or time on' },
    until: { type: 'string', nargs: 1, describe: 'before this date or time' },
    limit: { type: 'number', nargs: 1, default: 50, describe: 'how many entries' },
    after: { type: 'string', nargs: 1, describe: 'the next page, as the last one told it' },
  },
  example: 'audit list --secret sso --since 2026-11-01',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { auditPage } = await import('@holdfast/core');
  const { secret, backup, custodian, action, limit, after } = args;
  const since = await timeGiven('--since', args.since);
  const until = await timeGiven('--until', args.until);
  const page = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) =>
      await auditPage({ secret, backup, custodian, action, since, until, limit, after }, run),
  );
  const { rows, next } = page;
  context.output.result({ entries: rows, next }, () => auditLines(page));
}
