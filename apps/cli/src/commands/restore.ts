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
import { SHARES } from '../share-options.ts';
import { restoreLines } from '../report.ts';
import { targetGiven } from '../target-given.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: {
    to: {
      alias: 'o',
      type: 'string',
      nargs: 1,
      describe: 'file (a folder for several files), - for stdout, or store:NAME',
    },
    exec: { type: 'string', nargs: 1, describe: 'give it to this command on its standard input' },
    force: {
      alias: 'f',
      type: 'boolean',
      default: false,
      describe: 'replace a folder that has files in it; print binary to a terminal',
    },
    ...REQUIRE_SIGNED,
    ...PASSWORD,
    ...IDENTITY,
    ...SHARES,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
  },
  example: 'restore out.tar --to restored.json',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { inspect, restore } = await import('@holdfast/core');
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run, config }) => {
      await using given = await openGivenBackup(args.backup, run);
      const { kind } = await inspect(given.path, run.instance);
      const to = await targetGiven(args, kind, run);
      const requireSigned = args['require-signed'] ?? config.requireSigned;
      const { path: from, onMedium: pastCache } = given;
      return await restore({ from, to, requireSigned, token: args.token, pastCache }, run);
    },
  );
  // Standard output belongs to the secret then.
  if (args.to === '-') context.output.note(restoreLines(report, context.output)[0] ?? '');
  else context.output.result(report, () => restoreLines(report, context.output));
}
