import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { prepareBackup } from '../make-backup.ts';
import { MAKING, PASSWORD, SEALING, TO_MEDIA, TOKEN_RULES, TOKENS } from '../options.ts';
import { CUSTODIAN_PASSWORDS } from '../share-options.ts';
import { remoteBackup } from '../remote/remote-backup.ts';
import { printBackup } from '../report-backup.ts';
import { sourceGiven } from '../source-given.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    what: {
      type: 'string',
      array: true,
      describe: 'files, folders, a name in the store, or - for stdin',
    },
  },
  options: {
    to: {
      alias: 'o',
      type: 'string',
      array: true,
      nargs: 1,
      demandOption: true,
      describe: 'file to make, folder, or usb[:MEDIUM]; media and folders repeatable',
    },
    exec: { type: 'string', nargs: 1, describe: 'back up what this command prints' },
    name: { type: 'string', nargs: 1, describe: 'what to call the secret' },
    ...SEALING,
    ...MAKING,
    ...PASSWORD,
    ...CUSTODIAN_PASSWORDS,
    ...TO_MEDIA,
    ...TOKENS,
    ...TOKEN_RULES,
  },
  example: 'backup gitlab-secrets.json --to out.tar --hint "the usual, with the year"',
  remote: 'too',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  if (args.server !== undefined) {
    await printBackup(await remoteBackup(args, context), context.output);
    return;
  }
  const contentOnStdin = (args.what ?? []).includes('-');
  const report = await withRun(
    args,
    context,
    { passwordIs: 'new', contentOnStdin },
    async (command) => {
      const source = await sourceGiven(args, command.run);
      const prepared = await prepareBackup(args, source.name, command);
      return await prepared.make(source);
    },
  );
  await printBackup(report, context.output);
}
