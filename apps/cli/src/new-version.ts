import type { Context } from './context.ts';
import { prepareBackup, type BackupArgs } from './make-backup.ts';
import type { Output } from './output.ts';
import { madeLines, placeOf, type MadeBackup } from './report-backup.ts';
import { bytesGiven } from './secret-value.ts';
import { usageError } from './usage.ts';
import type { CommandRun } from './with-run.ts';

export interface NewVersionArgs extends Omit<BackupArgs, 'to'> {
  readonly to?: string | undefined;
  readonly noBackup?: boolean | undefined;
  readonly bytes: number;
}

export interface NewVersionReport {
  readonly secret: { readonly name: string; readonly version: number };
  readonly backup: MadeBackup | null;
}

/**
 * Makes a new value of a secret and, in the same act, its backup. The value is taken into use only when
 * its backup is whole: as long as there is none, nothing has happened.
 */
export async function makeNewVersion(
  name: string,
  mode: 'generate' | 'rotate',
  args: NewVersionArgs,
  command: CommandRun,
  context: Context,
): Promise<NewVersionReport> {
  const { storeOf, Secret } = await import('@holdfast/core');
  const { to, noBackup = false } = args;
  if ((to === undefined) !== noBackup) {
    throw await usageError('give --to FILE for its backup, or --no-backup to go without');
  }
  const bytes = await bytesGiven(args.bytes);
  using value = Secret.random(bytes);
  await using staged = await storeOf(command.run.instance, command.run).stage(name, value, mode);
  if (to === undefined) return { secret: await staged.commit(), backup: null };
  const prepared = await prepareBackup({ ...args, to }, name, command);
  const backup = await prepared.make(staged.source());
  try {
    return { secret: await staged.commit(), backup };
  } catch (cause) {
    context.output.note(`note: ${placeOf(backup)} was made, but its secret was not taken into use`);
    throw cause;
  }
}

export function newVersionLines({ secret, backup }: NewVersionReport, output: Output): string[] {
  const made = `${output.paint('green', 'made')} version ${String(secret.version)} of ${secret.name}`;
  if (backup !== null) return [made, ...madeLines(backup, output)];
  return [made, 'It has no backup: if it is lost, so is everything that it protects.'];
}
