import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKEN_KEY, TOKENS } from '../options.ts';
import { tokenLines } from '../token-report.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  positionals: {
    name: { ...TOKEN_KEY, describe: 'URI of the token, or the alias of a key on it' },
  },
  options: {
    login: {
      type: 'boolean',
      default: false,
      describe: 'log in with the PIN, to see what only a login shows',
    },
    ...TOKENS,
  },
  example: "token show 'pkcs11:token=lab' --login",
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { name, login } = args;
  const report = await withTokens(
    args,
    context,
    async (tokens, options) => await tokens.show(name, { ...options, login }),
  );
  context.output.result(report, () => tokenLines(report, context.output));
}
