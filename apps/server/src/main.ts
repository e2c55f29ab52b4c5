import { HoldfastError, loadConfig, VERSION } from '@holdfast/core';
import type { Logger } from 'pino';
import yargs from 'yargs';
import { makeLog, type LogLevel } from './operations/log.ts';
import { serve } from './serve.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const satisfies readonly LogLevel[];

/** Runs the service until it is asked to end. Resolves to the exit code, by sysexits: 78 is the configuration's. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const args = await parse(argv);
    if (args === null) return 0;
    const config = await loadConfig({
      env,
      ...(args.config !== undefined && { path: args.config }),
    });
    const log = makeLog(args['log-level']);
    await serve({
      config: args.state === undefined ? config : { ...config, state: args.state },
      listen: args.listen,
      insecureLoopback: args['insecure-loopback'],
      ...{ env, log },
    });
    await written(log);
    return 0;
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    process.stderr.write(`error: ${cause.message}\nhint: ${cause.remedy}\n`);
    return cause.code === 'USAGE' ? 64 : cause.code === 'CONFIG_INVALID' ? 78 : 1;
  }
}

/** What was logged last is written by then. */
async function written(log: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    log.flush(() => {
      resolve();
    });
  });
}

/** `null`: help or the version was printed. */
async function parse(argv: readonly string[]) {
  const cli = yargs([...argv])
    .scriptName('holdfast-server')
    .usage('$0 [options]\n\nThe HTTP service of Holdfast. docs/server.md says how to set it up.')
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'greedy-arrays': false,
    })
    .detectLocale(false)
    .locale('en')
    .option('config', { type: 'string', nargs: 1, describe: 'configuration file' })
    .option('state', { type: 'string', nargs: 1, describe: 'state folder' })
    .option('listen', { type: 'string', nargs: 1, describe: 'HOST:PORT; port 0 takes a free one' })
    .option('insecure-loopback', {
      type: 'boolean',
      default: false,
      describe: 'let anybody on this machine be administrator, without TLS; loopback only',
    })
    .option('log-level', { choices: LEVELS, default: 'info' as const, describe: 'what is logged' })
    .example('$0 --listen 127.0.0.1:8443 --insecure-loopback', 'to try it')
    .example('$0 --config /etc/holdfast/config.toml', 'with TLS, as the configuration says')
    .strict()
    .demandCommand(0, 0)
    .help('help')
    .alias('help', 'h')
    .version('version', 'show the version', VERSION)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string | null, cause: Error | undefined) => {
      if (cause !== undefined && cause.name !== 'YError') throw cause;
      const why = message ?? cause?.message ?? 'the command line is wrong';
      throw new HoldfastError('USAGE', why, 'See holdfast-server --help.');
    });
  const args = await cli.parseAsync();
  return argv.some((word) => ['--help', '-h', '--version'].includes(word)) ? null : args;
}
