import type { SecretSource } from '@holdfast/core';
import { destinationGiven, type DestinationArgs } from './destination-given.ts';
import {
  countPasswords,
  envelopesGiven,
  findTokens,
  tokenRules,
  tokensIn,
  workFactorGiven,
  type EnvelopeArgs,
  type TokenRuleArgs,
} from './envelopes-given.ts';
import { policyGiven, withCopiesWarning } from './policy-given.ts';
import type { MadeBackup } from './report-backup.ts';
import { usageError } from './usage.ts';
import type { CommandRun } from './with-run.ts';

export interface BackupArgs extends EnvelopeArgs, TokenRuleArgs, DestinationArgs {
  readonly hint?: string | undefined;
  readonly name?: string | undefined;
  readonly policy?: string | undefined;
  readonly discreet?: boolean | undefined;
  readonly allowWeakPassword: boolean;
}

/** A backup for which everything was asked. */
export interface PreparedBackup {
  make(source: SecretSource): Promise<MadeBackup>;
}

/** Checks what can be checked and asks what must be asked, before anything of `secret` is begun. */
export async function prepareBackup(
  args: BackupArgs,
  secret: string,
  { run, config, factors }: CommandRun,
): Promise<PreparedBackup> {
  const { backup, backupToMedia } = await import('@holdfast/core');
  const discreet = args.discreet ?? config.backup.discreet;
  if (args.discreet === true && args.hint !== undefined) {
    throw await usageError('a discreet backup has no hint: give --hint or --discreet');
  }
  const policy = await policyGiven(args.policy, args.name ?? secret, config);
  const envelopes = await envelopesGiven(args, policy?.envelopes ?? config.backup.envelopes);
  const workFactor = await workFactorGiven(args, config.backup.workFactor);
  const destination = await destinationGiven(args, { run, config });
  const tokens = await tokensIn(envelopes);
  if (tokens.length > 0) await findTokens(tokens, await run.tokens.open(), { signal: run.signal });
  let { hint } = args;
  const passwords = await countPasswords(envelopes);
  for (let number = 1; number <= passwords; number += 1) {
    const answer = await factors.prepareNewPassword({
      askHint: hint === undefined && !discreet && number === passwords,
    });
    hint ??= answer;
  }
  return {
    async make(source) {
      const sealing = {
        source,
        envelopes,
        hint,
        name: args.name,
        policy,
        discreet,
        allowWeakPassword: args.allowWeakPassword,
        ...workFactor,
        ...tokenRules(args, config),
      };
      if (destination.kind === 'file') {
        const request = { ...sealing, to: destination.path, overwrite: args.force };
        return withCopiesWarning(await backup(request, run), policy);
      }
      const { to } = destination;
      const { keep, noEject = false } = args;
      const request = { ...sealing, to, keep, eject: !noEject };
      return withCopiesWarning(await backupToMedia(request, run), policy);
    },
  };
}
