import { stat } from 'node:fs/promises';
import type { Run, SecretSource } from '@holdfast/core';
import { reasonOf, usageError } from './usage.ts';

type StoreRun = Pick<Run, 'instance' | 'tokens'>;

export interface SourceArgs {
  readonly what?: readonly string[] | undefined;
  readonly exec?: string | undefined;
}

/**
 * What is to be backed up: `-` is standard input, `store:NAME` a secret of the store, anything with a slash
 * a path; a bare name is whichever of the two exists.
 */
export async function sourceGiven(
  { what = [], exec }: SourceArgs,
  run: StoreRun,
): Promise<SecretSource> {
  const core = await import('@holdfast/core');
  const [first, ...more] = what;
  if (exec !== undefined) {
    if (first !== undefined) throw await usageError('give --exec or what to back up, not both');
    return core.sourceFromCommand(exec);
  }
  if (first === undefined)
    throw await usageError('say what to back up: a path, a name in the store, or -');
  if (more.length > 0) {
    const odd = what.find((word) => word === '-' || word.startsWith('store:'));
    if (odd !== undefined)
      throw await usageError(`${odd} cannot be backed up together with others`);
    return await existing(what);
  }
  if (first === '-') {
    if (process.stdin.isTTY)
      throw await usageError('standard input is a terminal; pipe the secret in');
    return core.sourceFromStdin(process.stdin);
  }
  if (first.startsWith('store:')) {
    return await fromStore(first.slice('store:'.length), run);
  }
  if (first.includes('/') || !(await isStored(first, run))) return await existing(what);
  if (await isThere(first)) {
    throw core.coreError('SOURCE_AMBIGUOUS', `${first} is a file here and a secret in the store`);
  }
  return await fromStore(first, run);
}

/** Files and folders, looked for at once: nobody wants to type a password first. */
async function existing(paths: readonly string[]): Promise<SecretSource> {
  const core = await import('@holdfast/core');
  for (const path of paths) {
    if (!(await isThere(path))) throw core.coreError('SOURCE_NOT_FOUND', `there is no ${path}`);
  }
  const [only, ...others] = paths;
  if (only === undefined || others.length > 0) return core.sourceFromFiles(paths);
  const folder = await stat(only).then(
    (status) => status.isDirectory(),
    () => false,
  );
  return folder ? core.sourceFromFiles(paths) : core.sourceFromFile(only);
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    // Whatever else is wrong with it, the source itself says better.
    (cause: unknown) => !['ENOENT', 'ENOTDIR'].includes(reasonOf(cause)),
  );
}

/** A secret of the store, looked for at once. */
export async function fromStore(name: string, run: StoreRun): Promise<SecretSource> {
  const { coreError, storeOf } = await import('@holdfast/core');
  if (await isStored(name, run)) return storeOf(run.instance, run).source(name);
  throw coreError('SECRET_NOT_FOUND', `the store has no secret ${name}`);
}

async function isStored(name: string, { instance }: StoreRun): Promise<boolean> {
  const { storeOf } = await import('@holdfast/core');
  return (await storeOf(instance).list()).some((secret) => secret.name === name);
}
