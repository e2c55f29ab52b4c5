import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    name: { type: 'string', demandOption: true, describe: 'who, as the audit log will call them' },
  },
  options: {
    role: {
      choices: ['administrator', 'operator', 'auditor'] as const,
      demandOption: true,
      describe: 'what they may do',
    },
    expires: { type: 'string', nargs: 1, describe: 'after this time: 12h, 90d, 1y …' },
    from: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'only from this address or network, such as 10.0.0.0/8; repeatable',
    },
  },
  example: 'access create backup-timer --role operator --expires 1y > token',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { createAccess, parseDuration } = await import('@holdfast/core');
  const { name, role, expires, from: sources } = args;
  const expiresIn = expires === undefined ? undefined : parseDuration(expires);
  if (expiresIn === null) throw await usageError('--expires takes a time such as 12h, 90d or 1y');
  const made = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await createAccess({ name, role, expiresIn, sources }, run),
  );
  const until = made.access.expires === null ? '' : `, until ${made.access.expires}`;
  context.output.note(`${name} is ${role} from now on${until}. The token is shown this once.`);
  context.output.answer(made, () => [made.token]);
}
