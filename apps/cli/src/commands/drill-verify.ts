import type { Context } from '../context.ts';
import { receiptLines } from '../drill-report.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    receipt: { type: 'string', demandOption: true, describe: 'the receipt of a drill' },
    signature: { type: 'string', describe: 'its signature; beside it, as RECEIPT.sig, without' },
  },
  example: 'drill verify receipt.json',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { verifyReceipt } = await import('@holdfast/core');
  const { receipt: path, signature: signaturePath } = args;
  const verified = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await verifyReceipt({ path, signaturePath }, run.instance),
  );
  context.output.result(verified, () => receiptLines(verified, context.output));
}
