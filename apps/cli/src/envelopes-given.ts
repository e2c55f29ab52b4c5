import { readFile } from 'node:fs/promises';
import type { Config, SharedTokens } from '@holdfast/core';
import { unreadable, usageError } from './usage.ts';

export interface EnvelopeArgs {
  readonly envelope?: readonly string[] | undefined;
  readonly recipient?: readonly string[] | undefined;
  readonly recipientsFile?: readonly string[] | undefined;
  readonly workFactor?: number | undefined;
}

/** The envelope expressions that were asked for, or `otherwise` when none were. */
export async function envelopesGiven(
  args: EnvelopeArgs,
  otherwise: readonly string[],
): Promise<readonly string[]> {
  const given = [...(args.envelope ?? []), ...(args.recipient ?? []).map(asEnvelope)];
  for (const path of args.recipientsFile ?? []) given.push(...(await fromFile(path)));
  const { parseEnvelope } = await import('@holdfast/core');
  for (const expression of given) parseEnvelope(expression);
  return given.length === 0 ? otherwise : given;
}

/** How many new passwords these envelopes take. */
export async function countPasswords(envelopes: readonly string[]): Promise<number> {
  const { parseEnvelope } = await import('@holdfast/core');
  return envelopes
    .flatMap((expression) => parseEnvelope(expression).factors)
    .filter((factor) => factor.kind === 'password').length;
}

/** The aliases and URIs of the tokens that these envelopes take, each once. */
export async function tokensIn(envelopes: readonly string[]): Promise<readonly string[]> {
  const { parseEnvelope } = await import('@holdfast/core');
  const names = envelopes
    .flatMap((expression) => parseEnvelope(expression).factors)
    .flatMap((factor) => (factor.kind === 'token' ? [factor.name] : []));
  return [...new Set(names)];
}

/**
 * Finds the keys to seal to, before anybody types a password: what is missing is said at once. A secret key
 * seals by an operation on its token, so that its PIN is asked for now and not after long work.
 */
export async function findTokens(
  names: readonly string[],
  tokens: SharedTokens,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  for (const name of names) {
    const { algorithm } = (await tokens.sealingKey(name, options)).details;
    if (algorithm === 'aes' || algorithm === 'hmac') await tokens.find(name, options);
  }
}

export interface TokenRuleArgs {
  readonly requireToken?: boolean | undefined;
  readonly allowSinglePointOfFailure: boolean;
}

/** The rules for tokens in force: what was given, else what the configuration says. */
export function tokenRules(
  { requireToken, allowSinglePointOfFailure }: TokenRuleArgs,
  config: Config,
): { requireToken: boolean; allowSinglePointOfFailure: boolean } {
  return {
    requireToken: requireToken ?? config.backup.requireToken,
    allowSinglePointOfFailure,
  };
}

/** The work factor in force: what was given, else what the configuration says. */
export async function workFactorGiven(
  args: EnvelopeArgs,
  configured: number | null,
): Promise<{ workFactor?: number }> {
  const workFactor = args.workFactor ?? configured ?? undefined;
  if (workFactor === undefined) return {};
  if (!Number.isInteger(workFactor) || workFactor < 18 || workFactor > 20) {
    throw await usageError('--work-factor takes a whole number from 18 to 20');
  }
  return { workFactor };
}

function asEnvelope(recipient: string): string {
  return `recipient(${recipient})`;
}

async function fromFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(async (cause: unknown) => {
    throw await unreadable('the recipients file', path, cause);
  });
  const recipients = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (recipients.length === 0) throw await usageError(`there is no recipient in ${path}`);
  return recipients.map(asEnvelope);
}
