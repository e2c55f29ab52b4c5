import type { Access } from '@holdfast/core';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { columns } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  example: 'access list',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { listAccess } = await import('@holdfast/core');
  const access = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await listAccess(run),
  );
  context.output.result({ access }, () => lines(access));
}

function lines(all: readonly Access[]): string[] {
  if (all.length === 0) return ['Nobody has an access token.'];
  return columns(
    all.map(({ name, role, expires, sources, removedAt }) => [
      name,
      [
        role,
        ...(sources.length === 0 ? [] : [`from ${sources.join(', ')}`]),
        ...(removedAt !== null ? [`revoked ${removedAt}`] : []),
        ...(removedAt === null && expires !== null ? [`until ${expires}`] : []),
      ].join(', '),
    ]),
  );
}
