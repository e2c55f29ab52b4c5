import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { policyListLines } from '../policy-report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  example: 'policy list',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { durationText } = await import('@holdfast/core');
  const policies = await withRun(args, context, { passwordIs: 'existing' }, async ({ config }) =>
    Object.values(config.policies).map((policy) => ({
      policy,
      secrets: Object.values(config.secrets).flatMap(({ name, policy: its }) =>
        its === policy.name ? [name] : [],
      ),
    })),
  );
  context.output.result({ policies }, () => policyListLines(policies, durationText));
}
