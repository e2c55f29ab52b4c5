import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKEN_ALIAS } from '../options.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  positionals: { alias: TOKEN_ALIAS },
  example: 'token forget backup-hsm',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { alias } = args;
  await withTokens(args, context, async (tokens) => await tokens.forget(alias));
  context.output.result({ alias }, () => [
    `${context.output.paint('green', 'forgot')} ${alias}; the key stays on its token`,
  ]);
}
