import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { mediaListingLines, mediumContentLines } from '../media-report.ts';
import { MEDIUM, WAIT } from '../options.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    medium: { ...MEDIUM, describe: 'list the backups on this medium: usb, usb:LABEL, …' },
  },
  options: WAIT,
  example: 'media list',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { listMedia, nameOf, openMedium, parseSelector } = await import('@holdfast/core');
  const { output } = context;
  await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    if (args.medium === undefined) {
      const listing = await listMedia(run);
      output.result(listing, () => mediaListingLines(listing, output));
      if (listing.registerFailure !== null)
        output.note(`note: the register is not told: ${listing.registerFailure}`);
      return;
    }
    await using medium = await openMedium(parseSelector(args.medium), run);
    const found = { medium: nameOf(medium.chosen), backups: medium.backups };
    output.result(found, () => mediumContentLines(found, output));
  });
}
