import { openGivenBackup } from '../backup-given.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { BACKUP_FILE, MAKING, WAIT } from '../options.ts';
import { sheetLines } from '../sheet-report.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: {
    format: {
      choices: ['html', 'text'] as const,
      describe: 'html to print it well; by the name of the file without it, else text',
    },
    to: {
      alias: 'o',
      type: 'string',
      nargs: 1,
      default: '-',
      describe: 'the file to write; - is standard output',
    },
    qr: {
      type: 'boolean',
      default: false,
      describe: 'put the backup itself on it, as QR codes; HTML only',
    },
    force: MAKING.force,
    ...WAIT,
  },
  example: 'sheet out.tar --to sheet.html --qr',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { sheet } = await import('@holdfast/core');
  const { output } = context;
  const { to, qr: codes, force: replace } = args;
  const format = args.format ?? (/\.html?$/i.test(to) ? 'html' : 'text');
  const report = await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    await using given = await openGivenBackup(args.backup, run);
    const request = { from: given.path, format, codes, replace, to: to === '-' ? null : to };
    return await sheet(request, run);
  });
  if (report.sheet === null) output.result(report, () => sheetLines(report, output));
  else output.answer(report, () => (report.sheet ?? '').trimEnd().split('\n'));
}
