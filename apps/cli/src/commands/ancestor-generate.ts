import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { ANCESTOR_LABELS } from '../new-password.ts';
import { makeNewVersion, newVersionLines } from '../new-version.ts';
import { ANCESTOR } from '../options.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    file: { type: 'string', demandOption: true, describe: 'the backup to make of it' },
  },
  options: ANCESTOR,
  example: '-generatesecret sso.bak',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { storeOf } = await import('@holdfast/core');
  const options = { passwordIs: 'new', labels: ANCESTOR_LABELS } as const;
  const report = await withRun(args, context, options, async (command) => {
    const name = command.config.secret;
    const known = await storeOf(command.run.instance).list();
    const mode = known.some((secret) => secret.name === name) ? 'rotate' : 'generate';
    const making = { ...args, to: args.file, bytes: 32 };
    return await makeNewVersion(name, mode, making, command, context);
  });
  context.output.result(report, () => newVersionLines(report, context.output));
}
