import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { mediaEventLine } from '../media-report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  example: 'media watch',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { output, signal } = context;
  await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    output.note('Watching what is plugged in and out; Ctrl-C ends it.');
    try {
      for await (const event of run.media.watch({ signal })) {
        output.answer(event, () => [mediaEventLine(event, output)]);
      }
    } catch (cause) {
      // That is how watching ends.
      if (!signal.aborted) throw cause;
    }
  });
}
