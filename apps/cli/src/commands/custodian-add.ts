import type { Context } from '../context.ts';
import { custodianLines } from '../custodian-report.ts';
import { daysGiven } from '../days-given.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { CUSTODIAN, CUSTODIAN_NAME } from '../options.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    name: CUSTODIAN_NAME,
    factors: {
      type: 'string',
      demandOption: true,
      describe: 'what opens the share: password, token(NAME), recipient(age1…), joined by +',
    },
  },
  options: CUSTODIAN,
  example: "custodian add alice 'recipient(age1…)' --contact alice@example.org",
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { addCustodian } = await import('@holdfast/core');
  const { name, factors, contact } = args;
  const checkEvery = await daysGiven('--check-every', args.checkEvery);
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await addCustodian({ name, factors, contact, checkEvery }, run),
  );
  context.output.result(report, () => custodianLines('added', report, context.output));
}
