import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKEN_ALIAS, TOKENS } from '../options.ts';
import { enrolmentLines } from '../token-report.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  positionals: {
    alias: TOKEN_ALIAS,
    uri: {
      type: 'string',
      demandOption: true,
      describe: 'the key, as pkcs11:token=LABEL;object=KEY',
    },
  },
  options: {
    replace: { type: 'boolean', default: false, describe: 'replace the record of that name' },
    ...TOKENS,
  },
  example: "token enroll backup-hsm 'pkcs11:token=lab;object=kek'",
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { alias, uri, replace } = args;
  const enrolment = await withTokens(
    args,
    context,
    async (tokens, options) => await tokens.enroll(alias, uri, { ...options, replace }),
  );
  context.output.result(enrolment, () => enrolmentLines(enrolment, context.output));
}
