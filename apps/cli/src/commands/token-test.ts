import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKEN_KEY, TOKENS } from '../options.ts';
import { proofLines } from '../token-report.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  positionals: { name: TOKEN_KEY },
  options: TOKENS,
  example: 'token test backup-hsm',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const proof = await withTokens(
    args,
    context,
    async (tokens, options) => await tokens.test(args.name, options),
  );
  context.output.result(proof, () => proofLines(proof, context.output));
}
