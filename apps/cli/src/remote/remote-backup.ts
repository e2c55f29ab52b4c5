import type { CopiesReport } from '@holdfast/core';
import type { Context } from '../context.ts';
import { countPasswords, envelopesGiven, type EnvelopeArgs } from '../envelopes-given.ts';
import { openFactors, type FactorArgs } from '../factors.ts';
import { usageError } from '../usage.ts';
import { withService, type ServiceArgs } from './connect-service.ts';
import { assertFinished, followJob } from './follow-job.ts';

export interface RemoteBackupArgs extends ServiceArgs, FactorArgs, EnvelopeArgs {
  readonly what?: readonly string[] | undefined;
  readonly exec?: string | undefined;
  readonly to: readonly string[];
  readonly name?: string | undefined;
  readonly hint?: string | undefined;
  readonly policy?: string | undefined;
  readonly discreet?: boolean | undefined;
  readonly keep?: number | undefined;
  readonly noEject?: boolean | undefined;
  readonly allowWeakPassword: boolean;
  readonly allowSinglePointOfFailure?: boolean | undefined;
}

/** Has a service back up a secret that it knows. A new password is asked for here, and goes with the request. */
export async function remoteBackup(
  args: RemoteBackupArgs,
  context: Context,
): Promise<CopiesReport> {
  const [secret, ...more] = args.what ?? [];
  if (secret === undefined || more.length > 0 || args.exec !== undefined || secret === '-') {
    const remedy =
      'Give one name, as holdfast-server knows it: see [secrets.NAME] in its configuration.';
    throw await usageError('a service backs up a secret that it knows by its name', remedy);
  }
  const given = await envelopesGiven(args, []);
  const envelopes = given.length === 0 ? undefined : [...given];
  // What the service takes by default is its own: it says so when a password is missing.
  const passwords = await countPasswords(envelopes ?? ['password']);
  const { output, signal } = context;
  using factors = openFactors(args, { passwordIs: 'new', signal, note: output.note });
  let { hint } = args;
  let password: string | undefined;
  if (passwords > 0 && args.policy === undefined) {
    const answer = await factors.prepareNewPassword({
      askHint: hint === undefined && args.discreet !== true,
    });
    hint ??= answer;
    using typed = await factors.newPassword({ index: 1 });
    password = Buffer.from(typed.bytes).toString('utf8');
  }
  const { keep, policy, discreet, allowWeakPassword, allowSinglePointOfFailure } = args;
  const body = {
    ...{ secret, to: [...args.to], envelopes, hint, policy, discreet, keep, password },
    ...{ allowWeakPassword, allowSinglePointOfFailure, eject: !(args.noEject ?? false) },
  };
  return await withService(args, async (client) => {
    const { id } = await client.call('createBackup', { body });
    const job = await followJob(client, id, context);
    const report = job.result as CopiesReport | null;
    // What stands beside copies that failed is told like everything else.
    if (report !== null && 'copies' in report) return report;
    await assertFinished(job);
    throw new TypeError('a backup that is finished has a report');
  });
}
