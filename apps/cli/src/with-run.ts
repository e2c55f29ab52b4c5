import type { Config, Run } from '@holdfast/core';
import type { Context, GlobalArgs } from './context.ts';
import { openFactors, type FactorArgs, type FactorOptions, type Factors } from './factors.ts';
import { openProgressLine } from './progress.ts';

/** What a use case is run with, for the time of one command. */
export interface CommandRun {
  readonly run: Run;
  readonly config: Config;
  readonly factors: Factors;
}

/**
 * Loads the configuration and gives `work` what a use case needs. Passwords are wiped, and the progress
 * line is gone, when it resolves.
 */
export async function withRun<Result>(
  args: Pick<GlobalArgs, 'config' | 'state' | 'quiet'> & FactorArgs,
  context: Context,
  options: Pick<FactorOptions, 'passwordIs' | 'contentOnStdin' | 'labels'>,
  work: (command: CommandRun) => Promise<Result>,
): Promise<Result> {
  const { loadConfig, instanceAt } = await import('@holdfast/core');
  const { signal, output } = context;
  const config = await loadConfig({
    env: process.env,
    ...(args.config !== undefined && { path: args.config }),
  });
  using factors = openFactors(args, { ...options, signal, note: output.note });
  using progress = openProgressLine(args.quiet ? { write: () => undefined } : process.stderr);
  const instance = instanceAt({
    folder: args.state ?? config.state,
    ...(config.group !== null && { group: config.group }),
    ...(config.trust !== null && { trustFile: config.trust }),
  });
  const run: Run = { instance, factors, signal, onProgress: progress.show };
  return await work({ run, config, factors });
}
