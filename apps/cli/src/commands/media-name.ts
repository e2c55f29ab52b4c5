import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { REGISTERED_MEDIUM } from '../options.ts';
import { registeredLines } from '../register-report.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    medium: REGISTERED_MEDIUM,
    name: { type: 'string', describe: 'what to call it, as in usb:NAME; as before without it' },
  },
  options: {
    location: { type: 'string', nargs: 1, describe: 'where it lies; empty to say nothing' },
    owner: { type: 'string', nargs: 1, describe: 'whose it is; empty to say nothing' },
    protect: { type: 'boolean', default: false, describe: 'never write anything to it' },
    unprotect: { type: 'boolean', default: false, describe: 'let it be written to again' },
  },
  example: 'media name usb:BLACK vault-1 --location "bank box 2" --owner Ann',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { describeMedium } = await import('@holdfast/core');
  const { medium, name, location, owner } = args;
  if (args.protect && args.unprotect)
    throw await usageError('give --protect or --unprotect, not both');
  const protect = args.protect ? true : args.unprotect ? false : undefined;
  if ([name, location, owner, protect].every((it) => it === undefined))
    throw await usageError(
      'say what is to be known of it: a name, --location, --owner or --protect',
    );
  const row = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await describeMedium({ medium, name, location, owner, protect }, run),
  );
  context.output.result(row, () => registeredLines(row, context.output));
}
