import type { PolicyCheckRequest } from '@holdfast/core';
import { openGivenBackup, type GivenBackup } from '../backup-given.ts';
import type { Context } from '../context.ts';
import type { ArgsOf, CommandShape } from '../lazy.ts';
import { WAIT } from '../options.ts';
import { policyCheckLines } from '../policy-report.ts';
import { usageError } from '../usage.ts';
import { withRun } from '../with-run.ts';

export const command = {
  positionals: {
    what: {
      type: 'string',
      describe: 'a policy by its name, or a backup: FILE, ./FILE or usb[:MEDIUM][/NAME]',
    },
  },
  options: {
    all: {
      type: 'boolean',
      default: false,
      describe: 'older backups too, of which there is a copy',
    },
    strict: { type: 'boolean', default: false, describe: 'fail when a rule is broken' },
    ...WAIT,
  },
  example: 'policy check --strict',
} as const satisfies CommandShape;

export async function run(args: ArgsOf<typeof command>, context: Context): Promise<void> {
  const { assertNotViolated, checkPolicies, durationText } = await import('@holdfast/core');
  const { what: given, all, strict } = args;
  const { output } = context;
  if (all && given !== undefined) throw await usageError('give --all or what to check, not both');
  const report = await withRun(args, context, { passwordIs: 'existing' }, async (command) => {
    const { run, config } = command;
    await using backup = await backupIn(given, Object.keys(config.policies), run);
    return await checkPolicies({ ...config, what: whatIn(given, all, backup) }, run);
  });
  output.result(report, () => policyCheckLines(report, durationText, output));
  if (strict) assertNotViolated(report);
}

/** A policy has its name first: `./NAME` is the file. A word without any of a path in it was meant as a policy. */
async function backupIn(
  given: string | undefined,
  policies: readonly string[],
  run: Parameters<typeof openGivenBackup>[1],
): Promise<GivenBackup | undefined> {
  if (given === undefined || policies.includes(given)) return undefined;
  const { isSelector } = await import('@holdfast/core');
  if (!isSelector(given) && /^[\w-]+$/.test(given)) return undefined;
  return await openGivenBackup(given, run);
}

function whatIn(
  given: string | undefined,
  older: boolean,
  backup: GivenBackup | undefined,
): PolicyCheckRequest['what'] {
  if (given === undefined) return { kind: 'all', older };
  if (backup === undefined) return { kind: 'policy', name: given };
  return { kind: 'backup', path: backup.path, onMedium: backup.onMedium };
}
