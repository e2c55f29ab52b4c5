import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { MEDIUM } from '../options.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    medium: { ...MEDIUM, default: 'usb' },
  },
  example: 'media eject usb:BLACK',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { chooseVolumes, nameOf, parseSelector } = await import('@holdfast/core');
  const { output } = context;
  const ejected = await withRun(
    { ...args, wait: 0 },
    context,
    { passwordIs: 'existing' },
    async ({ run }) => {
      const selector = parseSelector(args.medium);
      const [chosen] = await chooseVolumes({ selector, count: 1, access: 'read' }, run);
      if (chosen !== undefined) await run.media.eject(chosen.medium);
      return { medium: chosen?.medium ?? null, name: chosen === undefined ? '' : nameOf(chosen) };
    },
  );
  output.result(ejected, () => [`${output.paint('green', 'safe to remove')}: ${ejected.name}`]);
}
