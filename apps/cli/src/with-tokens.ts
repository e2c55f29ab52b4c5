import type { SharedTokens } from '@holdfast/core';
import type { Context } from './context.ts';
import { withRun, type RunArgs } from './with-run.ts';

/** Gives `work` the tokens that can be reached, for the time of one command. */
export async function withTokens<Result>(
  args: RunArgs,
  context: Context,
  work: (tokens: SharedTokens, options: { readonly signal: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  const { signal } = context;
  return await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await work(await run.tokens.open(), { signal }),
  );
}
