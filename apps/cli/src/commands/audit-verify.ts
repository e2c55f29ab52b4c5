import { auditVerdictLines } from '../audit-report.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { withRun } from '../with-run.ts';

export const command = {
  options: {
    from: { type: 'string', nargs: 1, describe: 'check an exported audit log, by itself' },
  },
  example: 'audit verify',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { assertAuditSound, verifyAudit, verifyExported } = await import('@holdfast/core');
  const { output } = context;
  const { from } = args;
  const report = await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) =>
    from === undefined ? await verifyAudit(run) : await verifyExported(from, run),
  );
  if (report === null) {
    output.result({ entries: 0, head: null, signedUpTo: 0, faults: [] }, () => [
      'There is no audit log yet: it begins with the first backup.',
    ]);
    return;
  }
  output.result(report, () => auditVerdictLines(report, output));
  assertAuditSound(report);
}
