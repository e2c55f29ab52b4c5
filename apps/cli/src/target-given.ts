import type { PayloadKind, RestoreTarget, Run } from '@holdfast/core';
import { toTerminal } from './to-terminal.ts';
import { usageError } from './usage.ts';

export interface TargetArgs {
  readonly to?: string | undefined;
  readonly exec?: string | undefined;
  readonly force: boolean;
}

/** Where a secret goes: `-` is standard output, `store:NAME` the store; several files go to a folder. */
export async function targetGiven(
  { to, exec, force }: TargetArgs,
  kind: PayloadKind,
  run: Pick<Run, 'instance' | 'tokens'>,
): Promise<RestoreTarget> {
  const core = await import('@holdfast/core');
  if (exec !== undefined) {
    if (to !== undefined) throw await usageError('give --to or --exec, not both');
    return core.toCommand(exec);
  }
  if (to === undefined)
    throw await usageError('say where to: --to PATH, --to -, --to store:NAME or --exec COMMAND');
  if (to === '-') {
    return process.stdout.isTTY && !force
      ? toTerminal(process.stdout)
      : core.toStdout(process.stdout);
  }
  if (to.startsWith('store:'))
    return core.storeOf(run.instance, run).target(to.slice('store:'.length));
  return kind === 'tar' ? core.toFolder(to, { replace: force }) : core.toFile(to);
}
