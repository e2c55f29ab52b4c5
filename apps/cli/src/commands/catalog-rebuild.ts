import type { SearchedPlace } from '@holdfast/core';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { WAIT } from '../options.ts';
import { rebuildLines } from '../rebuild-report.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    places: {
      type: 'string',
      array: true,
      describe: 'where backups lie: folders, files, and usb[:MEDIUM]',
    },
  },
  options: {
    quick: { type: 'boolean', default: false, describe: 'do not read every byte of each backup' },
    anyway: {
      type: 'boolean',
      default: false,
      describe: 'although there is one that works; it is kept aside',
    },
    ...WAIT,
  },
  example: 'catalog rebuild /srv/backups usb:BLACK',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { isSelector, parseSelector, rebuildCatalog } = await import('@holdfast/core');
  const { quick, anyway } = args;
  const places: SearchedPlace[] = [];
  for (const text of args.places ?? []) {
    if (!isSelector(text)) {
      places.push({ kind: 'folder', path: text });
      continue;
    }
    const selector = parseSelector(text);
    if (selector.item !== null) throw await usageError(`${text} names a backup, not a medium`);
    places.push({ kind: 'medium', selector });
  }
  const report = await withRun(
    args,
    context,
    { passwordIs: 'existing' },
    async ({ run }) => await rebuildCatalog({ places, quick, anyway }, run),
  );
  context.output.result(report, () => rebuildLines(report, context.output));
}
