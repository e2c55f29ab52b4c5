import { readFile } from 'node:fs/promises';
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
