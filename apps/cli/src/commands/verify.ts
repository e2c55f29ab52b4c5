import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import {
  BACKUP_FILE,
  IDENTITY,
  PASSWORD,
  REQUIRE_SIGNED,
  TOKEN_TO_OPEN,
  TOKENS,
} from '../options.ts';
import { SHARES } from '../share-options.ts';
import { mediumVerificationLines } from '../media-report.ts';
import { verificationLines } from '../report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: {
    full: {
      type: 'boolean',
      default: false,
      describe: 'open it too, asking for what that takes',
    },
    ...REQUIRE_SIGNED,
    ...PASSWORD,
    ...IDENTITY,
    ...SHARES,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
  },
  example: 'verify out.tar --full',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { assertAllSound, isSelector, parseSelector, verify, verifyMedium } =
    await import('@holdfast/core');
  const { output } = context;
  await withRun(args, context, { passwordIs: 'existing' }, async (command) => {
    const { run, config, factors } = command;
    const withFactors = args.full || (await factors.atHand());
    const requireSigned = args['require-signed'] ?? config.requireSigned;
    const { backup: from, token } = args;
    const request = { withFactors, requireSigned, token };
    if (!isSelector(from)) {
      const found = await verify({ ...request, from }, run);
      output.result(found, () => verificationLines(found, output));
      return;
    }
    const found = await verifyMedium(parseSelector(from), request, run);
    output.result(found, () => mediumVerificationLines(found, output));
    assertAllSound(found);
  });
}
