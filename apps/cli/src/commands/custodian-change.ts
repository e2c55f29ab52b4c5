import type { Context } from '../context.ts';
import { custodianLines } from '../custodian-report.ts';
import { daysGiven } from '../days-given.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { CUSTODIAN, CUSTODIAN_NAME } from '../options.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: { name: CUSTODIAN_NAME },
  options: {
    factors: {
      type: 'string',
      nargs: 1,
      describe: 'what opens shares that are made from now on',
    },
    ...CUSTODIAN,
  },
  example: 'custodian change alice --contact "+49 30 1234" --check-every 90d',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { changeCustodian } = await import('@holdfast/core');
  const { name, factors, contact } = args;
  const checkEvery = await daysGiven('--check-every', args.checkEvery);
  if ([factors, contact, checkEvery].every((it) => it === undefined))
    throw await usageError('give --factors, --contact or --check-every: what is to be changed');
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await changeCustodian({ name, factors, contact, checkEvery }, run),
  );
  context.output.result(report, () => custodianLines('changed', report, context.output));
}
