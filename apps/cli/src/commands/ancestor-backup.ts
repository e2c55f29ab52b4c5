import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { prepareBackup } from '../make-backup.ts';
import { ANCESTOR_LABELS } from '../new-password.ts';
import { ANCESTOR } from '../options.ts';
import { printBackup } from '../report-backup.ts';
import { fromStore } from '../source-given.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    file: { type: 'string', demandOption: true, describe: 'the backup to make' },
  },
  options: ANCESTOR,
  example: '-backupsecret sso.bak',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const options = { passwordIs: 'new', labels: ANCESTOR_LABELS } as const;
  const report = await withRun(args, context, options, async (command) => {
    const source = await fromStore(command.config.secret, command.run);
    const prepared = await prepareBackup({ ...args, to: args.file }, source.name, command);
    return await prepared.make(source);
  });
  await printBackup(report, context.output);
}
