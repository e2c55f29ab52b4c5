import type { StatusReport } from '@holdfast/core';
import type { Context } from '../context.ts';
import { describeFailure, printFailure } from '../failure.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { TOKENS } from '../options.ts';
import { headOfUnknown, STATUS_EXIT, statusLines, UNKNOWN_EXIT } from '../status-report.ts';
import { remoteStatus } from '../remote/remote-status.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    secret: { type: 'string', array: true, describe: 'only these secrets' },
  },
  options: {
    live: {
      type: 'boolean',
      default: false,
      describe: 'read each live secret, and compare it with its newest backup',
    },
    scheduled: {
      type: 'boolean',
      default: false,
      describe: 'read those whose check-live-every is over',
    },
    textfile: {
      type: 'string',
      nargs: 1,
      describe: 'write metrics there for node_exporter: a file that ends with .prom',
    },
    ...TOKENS,
  },
  example: 'status --scheduled --textfile /var/lib/prometheus/node-exporter/holdfast.prom',
  remote: 'too',
} as const satisfies CommandShape;

/** Ends as monitoring plug-ins do: 0, 1 or 2 by the worst that was found, 3 when nobody can tell. */
export async function run(args: ArgsOf<typeof command>, context: Context): Promise<number> {
  const { output, signal } = context;
  const { textfile } = args;
  if (textfile !== undefined && !textfile.endsWith('.prom')) {
    throw await usageError(
      `--textfile takes a file that ends with .prom, not ${textfile}`,
      'node_exporter reads no other files.',
    );
  }
  try {
    const report = await statusOf(args, context);
    output.result(report, () => statusLines(report, output));
    return STATUS_EXIT[report.state];
  } catch (cause) {
    if (signal.aborted) throw cause;
    const failure = describeFailure(cause);
    // Monitoring reads standard output only, a person both.
    if (!output.json) output.result({}, () => [headOfUnknown(failure)]);
    printFailure(failure, output.json);
    return UNKNOWN_EXIT;
  }
}

async function statusOf(args: ArgsOf<typeof command>, context: Context): Promise<StatusReport> {
  if (args.server !== undefined) return await remoteStatus(args);
  const { status, writeTextfile } = await import('@holdfast/core');
  return await withRun(args, context, { passwordIs: 'existing' }, async ({ run, config }) => {
    const { policies, secrets } = config;
    const live = args.live ? 'all' : args.scheduled ? 'scheduled' : 'no';
    const report = await status({ only: args.secret, live, policies, secrets }, run);
    if (args.textfile !== undefined) await writeTextfile(args.textfile, report);
    return report;
  });
}
