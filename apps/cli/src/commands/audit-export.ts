import { exportLines } from '../audit-report.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { MAKING } from '../options.ts';
import { timeGiven } from '../time-given.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  options: {
    to: {
      alias: 'o',
      type: 'string',
      nargs: 1,
      describe: 'the file to write; - is standard output, and what it is without any of these',
    },
    syslog: {
      type: 'string',
      describe: 'to syslog: of this machine, or of HOST[:PORT], or at a socket',
    },
    tcp: { type: 'boolean', default: false, describe: 'reach HOST by TCP' },
    udp: { type: 'boolean', default: false, describe: 'reach HOST by UDP; so it is without --tcp' },
    since: { type: 'string', nargs: 1, describe: 'from the first entry of this date or time on' },
    from: { type: 'number', nargs: 1, describe: 'from this entry on, by its number' },
    force: MAKING.force,
  },
  example: 'audit export --to audit.jsonl',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { exportAudit, openFileSink, openStreamSink, openSyslogSink, parseSyslogAddress } =
    await import('@holdfast/core');
  const { output, signal } = context;
  const { to, syslog, from } = args;
  if (to !== undefined && syslog !== undefined)
    throw await usageError('give --to or --syslog, not both');
  if (args.tcp && args.udp) throw await usageError('give --tcp or --udp, not both');
  if ((args.tcp || args.udp) && syslog === undefined)
    throw await usageError('--tcp and --udp go with --syslog HOST');
  if (from !== undefined && !(Number.isInteger(from) && from >= 1))
    throw await usageError('--from takes the number of an entry, from 1');
  const since = await timeGiven('--since', args.since);
  const address = syslog === undefined ? null : parseSyslogAddress(syslog);
  const toStdout = address === null && (to === undefined || to === '-');
  const report = await withRun(args, context, { passwordIs: 'existing' }, async ({ run }) => {
    const replace = args.force ? 'overwrite' : 'refuse';
    await using sink =
      address !== null
        ? openSyslogSink({ address, protocol: args.tcp ? 'tcp' : 'udp', signal })
        : to === undefined || to === '-'
          ? openStreamSink(process.stdout, 'standard output', signal)
          : await openFileSink(to, { replace, signal });
    return await exportAudit({ since, from, withHead: address === null }, sink, run);
  });
  // What was asked for is on standard output already.
  if (!toStdout) output.result(report, () => exportLines(report, output));
  else for (const warning of report.warnings) output.note(`note: ${warning}`);
}
