import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { newKeyGiven } from '../new-key.ts';
import { TOKENS } from '../options.ts';
import { newKeyLines } from '../token-report.ts';
import { withTokens } from '../with-tokens.ts';

export const command = {
  positionals: {
    uri: { type: 'string', demandOption: true, describe: 'the token, as pkcs11:token=LABEL' },
  },
  options: {
    label: {
      type: 'string',
      nargs: 1,
      describe: 'label of the key, unless the URI has object=LABEL',
    },
    type: {
      choices: ['p256', 'rsa', 'aes', 'hmac'],
      default: 'p256',
      nargs: 1,
      describe: 'kind of key',
    },
    bits: { type: 'number', nargs: 1, describe: 'size of an RSA key: 2048, 3072 or 4096' },
    id: { type: 'string', nargs: 1, describe: 'CKA_ID in hexadecimal; a random one without it' },
    ...TOKENS,
  },
  example: "token generate-key 'pkcs11:token=lab;object=kek' --type p256",
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { token, key } = await newKeyGiven(args);
  const report = await withTokens(args, context, async (tokens, options) => {
    const { details, claims, recipient } = await tokens.generateKey(token, key, options);
    return { ...details, claims, recipient: recipient.toString() };
  });
  context.output.result(report, () => newKeyLines(report, context.output));
}
