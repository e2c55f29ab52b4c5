import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { sessionLines } from '../share-report.ts';

export const command = {
  positionals: {
    file: { type: 'string', demandOption: true, describe: 'file to write the identity to' },
  },
  example: 'custodian session session.txt',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { makeSession } = await import('@holdfast/core');
  const made = await makeSession(args.file, { signal: context.signal });
  context.output.result(made, () => sessionLines(made, context.output));
}
