import type { DrillRequest } from '@holdfast/core';
import type { Context } from '../context.ts';
import { drillLines } from '../drill-report.ts';
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
import { timeLimitGiven } from '../time-limit-given.ts';
import { sourceGiven } from '../source-given.ts';
import { usageError } from '../usage.ts';
import { withRun, type CommandRun } from '../with-run.ts';

export const command = {
  positionals: {
    backup: BACKUP_FILE,
  },
  options: {
    envelope: { type: 'number', nargs: 1, describe: 'open this envelope; any that opens, without' },
    each: { type: 'boolean', default: false, describe: 'open every envelope by itself, in turn' },
    against: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'compare with this: a file, store:NAME or -; repeatable for several files',
    },
    live: {
      type: 'boolean',
      default: false,
      describe: 'compare with the live secret, where it was backed up from',
    },
    check: {
      type: 'string',
      nargs: 1,
      describe: 'command that tries the secret, which is on its standard input',
    },
    'check-timeout': {
      type: 'string',
      nargs: 1,
      describe: 'how long it may take: 60s, 5min …; 60s without it',
    },
    receipt: { type: 'string', nargs: 1, describe: 'file to write the receipt to, and its .sig' },
    ...REQUIRE_SIGNED,
    ...PASSWORD,
    ...IDENTITY,
    ...SHARES,
    ...TOKENS,
    ...TOKEN_TO_OPEN,
  },
  example: 'drill usb:BLACK/sso --live --check ./decrypt-canary',
} as const satisfies CommandShape;

type Args = ArgsOf<typeof command>;

export async function run(args: Args, context: Context): Promise<void> {
  const { assertDrilled, drill, isSelector, parseSelector } = await import('@holdfast/core');
  const { output } = context;
  const which = await whichEnvelopes(args);
  const check = await checkGiven(args);
  if (args.live && args.against !== undefined)
    throw await usageError('give --live or --against, not both');
  const contentOnStdin = args.against?.includes('-') ?? false;
  const options = { passwordIs: 'existing', contentOnStdin } as const;
  const report = await withRun(args, context, options, async (command) => {
    const { run, config } = command;
    const { backup: text, token, receipt } = args;
    const { policies, secrets } = config;
    const request: DrillRequest = {
      from: isSelector(text)
        ? { kind: 'medium', selector: parseSelector(text) }
        : { kind: 'file', path: text },
      onEnvelope: ({ index, factors }) => {
        output.note(`Envelope ${String(index)}: ${factors}`);
      },
      requireSigned: args.requireSigned ?? config.requireSigned,
      live: await liveGiven(args, command),
      ...{ which, check, token, receipt, policies, secrets },
    };
    return await drill(request, run);
  });
  output.result(report, () => drillLines(report, output));
  assertDrilled(report);
}

async function whichEnvelopes({ envelope, each, wait }: Args): Promise<DrillRequest['which']> {
  if (envelope !== undefined && each) throw await usageError('give --envelope or --each, not both');
  if (each) return { kind: 'each', wait: wait !== undefined };
  return envelope === undefined ? { kind: 'any' } : { kind: 'one', index: envelope };
}

async function checkGiven({ check, checkTimeout }: Args): Promise<DrillRequest['check']> {
  if (check === undefined) {
    if (checkTimeout !== undefined) throw await usageError('--check-timeout is for --check');
    return undefined;
  }
  return {
    command: check,
    timeout: await timeLimitGiven('--check-timeout', checkTimeout ?? '60s'),
  };
}

async function liveGiven(
  { live, against }: Args,
  { run }: CommandRun,
): Promise<DrillRequest['live']> {
  if (live) return { kind: 'known' };
  if (against === undefined) return undefined;
  return { kind: 'given', source: await sourceGiven({ what: against }, run) };
}
