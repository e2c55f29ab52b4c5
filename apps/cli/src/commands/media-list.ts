import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { mediaLines, mediumContentLines } from '../media-report.ts';
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
  const { nameOf, openMedium, parseSelector } = await import('@holdfast/core');
  const { output } = context;
  await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    if (args.medium === undefined) {
      const media = await run.media.list(run.signal);
      output.result({ media }, () => mediaLines(media, output));
      return;
    }
    await using medium = await openMedium(parseSelector(args.medium), run);
    const found = { medium: nameOf(medium.chosen), backups: medium.backups };
    output.result(found, () => mediumContentLines(found, output));
  });
}
