import type { BackupReport, SecretSource } from '@holdfast/core';
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
import { usageError } from './usage.ts';
import type { CommandRun } from './with-run.ts';

export interface BackupArgs extends EnvelopeArgs, TokenRuleArgs {
  readonly to: string;
  readonly hint?: string | undefined;
  readonly name?: string | undefined;
  readonly discreet?: boolean | undefined;
  readonly force: boolean;
  readonly allowWeakPassword: boolean;
}

/** A backup for which everything was asked. */
export interface PreparedBackup {
  make(source: SecretSource): Promise<BackupReport>;
}

/** Checks what can be checked and asks what must be asked, before anything is begun. */
export async function prepareBackup(
  args: BackupArgs,
  { run, config, factors }: CommandRun,
): Promise<PreparedBackup> {
  const { assertDestination, backup } = await import('@holdfast/core');
  const discreet = args.discreet ?? config.backup.discreet;
  if (args.discreet === true && args.hint !== undefined) {
    throw await usageError('a discreet backup has no hint: give --hint or --discreet');
  }
  const envelopes = await envelopesGiven(args, config.backup.envelopes);
  const workFactor = await workFactorGiven(args, config.backup.workFactor);
  await assertDestination(args.to, { replace: args.force ? 'overwrite' : 'refuse' });
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
    make: async (source) =>
      await backup(
        {
          source,
          to: args.to,
          envelopes,
          hint,
          name: args.name,
          discreet,
          overwrite: args.force,
          allowWeakPassword: args.allowWeakPassword,
          ...workFactor,
          ...tokenRules(args, config),
        },
        run,
      ),
  };
}
