import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKEN_KEY, TOKENS } from '../options.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  positionals: { name: TOKEN_KEY },
  options: TOKENS,
  example: "token recipient 'pkcs11:token=lab;object=kek'",
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { details, recipient } = await withTokens(
    args,
    context,
    async (tokens, options) => await tokens.sealingKey(args.name, options),
  );
  const line = recipient.toString();
  context.output.answer({ recipient: line, key: details }, () => [line]);
}
