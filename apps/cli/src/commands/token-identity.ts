import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKEN_KEY, TOKENS } from '../options.ts';
import { printable } from '../to-terminal.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  positionals: { name: TOKEN_KEY },
  options: TOKENS,
  example: "token identity 'pkcs11:token=lab;object=kek' > id.txt",
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const found = await withTokens(args, context, async (tokens, options) => {
    const { details, recipient } = await tokens.sealingKey(args.name, options);
    const identity = await tokens.identityLine(args.name, options);
    return { identity, recipient: recipient.toString(), key: details };
  });
  const { token, label, id } = found.key;
  context.output.answer(found, () => [
    `# key: ${printable(label)} (id ${id})`,
    `# token: ${printable(token.label)} (serial ${printable(token.serial)})`,
    `# recipient: ${found.recipient}`,
    found.identity,
  ]);
}
