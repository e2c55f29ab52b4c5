import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKENS } from '../options.ts';
import { tokenListLines } from '../token-report.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  options: { module: TOKENS.module },
  example: 'token list',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const found = await withTokens(args, context, async (tokens, options) => ({
    modules: await tokens.list(options),
    enrolled: await tokens.enrolments(),
  }));
  context.output.result(found, () => tokenListLines(found, context.output));
}
