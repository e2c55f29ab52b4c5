import type { CatalogAccess, Config, Media, Run, TokenAccess } from '@holdfast/core';
import type { Context, GlobalArgs } from './context.ts';
import { openFactors, type FactorArgs, type FactorOptions, type Factors } from './factors.ts';
import { mediumSourceFrom } from './medium-source.ts';
import { openProgressLine } from './progress.ts';
import { assertWait } from './token-wait.ts';

/** What a use case is run with, for the time of one command. */
export interface CommandRun {
  readonly run: Run & {
    readonly tokens: TokenAccess;
    readonly media: Media;
    readonly catalog: CatalogAccess;
    readonly signal: AbortSignal;
  };
  readonly config: Config;
  readonly factors: Factors;
}

export interface RunArgs extends Pick<GlobalArgs, 'config' | 'state' | 'quiet'>, FactorArgs {
  readonly module?: readonly string[] | undefined;
}

/**
 * Loads the configuration and gives `work` what a use case needs. Passwords and PINs are wiped, modules are
 * ended, and the progress line is gone, when it resolves.
 */
export async function withRun<Result>(
  args: RunArgs,
  context: Context,
  options: Pick<FactorOptions, 'passwordIs' | 'contentOnStdin' | 'labels' | 'custodian'>,
  work: (command: CommandRun) => Promise<Result>,
): Promise<Result> {
  const { catalogAccess, loadConfig, instanceAt, protectedMedia, removableMedia, tokenAccess } =
    await import('@holdfast/core');
  const { signal, output } = context;
  await assertWait(args.wait);
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
  await using catalog = catalogAccess({ instance, url: config.catalogUrl, surface: 'cli' });
  const { recorder, custodians } = catalog;
  await using tokens = tokenAccess({
    modules: args.module?.map((path) => ({ path })) ?? config.modules,
    aliases: config.tokens,
    instance,
    pins: factors.pins,
    recorder,
  });
  const isProtected = protectedMedia(config.media.protected, { catalog }, (words) => {
    output.note(`note: ${words}`);
  });
  const media = removableMedia({ protected: isProtected });
  const mediumSource = mediumSourceFrom(args.wait, {
    note: output.note,
    atTerminal: factors.atTerminal,
  });
  const run = {
    ...{ instance, factors, tokens, media, mediumSource, signal },
    ...{ catalog, recorder, custodians },
    onProgress: progress.show,
  };
  try {
    return await work({ run, config, factors });
  } finally {
    for (const warning of recorder.warnings) output.note(`note: ${warning}`);
  }
}
