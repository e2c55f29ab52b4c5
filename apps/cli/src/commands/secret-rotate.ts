import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { makeNewVersion, newVersionLines } from '../new-version.ts';
import { MAKING, NEW_SECRET, PASSWORD, SEALING, TOKEN_RULES, TOKENS } from '../options.ts';
import { CUSTODIAN_PASSWORDS } from '../share-options.ts';
import { assertComplete } from '../report-backup.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    name: { type: 'string', demandOption: true, describe: 'what the secret is called' },
  },
  options: {
    ...NEW_SECRET,
    ...SEALING,
    ...MAKING,
    ...PASSWORD,
    ...CUSTODIAN_PASSWORDS,
    ...TOKENS,
    ...TOKEN_RULES,
  },
  example: 'secret rotate sso --to sso.tar --hint "the usual, with the year"',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const report = await withRun(
    args,
    context,
    { passwordIs: 'new' },
    async (command) =>
      // The positional argument is not the name option of a backup: the secret keeps its own.
      await makeNewVersion(args.name, 'rotate', { ...args, name: undefined }, command, context),
  );
  context.output.result(report, () => newVersionLines(report, context.output));
  await assertComplete(report.backup);
}
