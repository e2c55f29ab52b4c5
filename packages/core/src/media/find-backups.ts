import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import { isSystemError } from '@holdfast/media/durable';
import { coreError, type ErrorCode } from '../errors.ts';
import { describe, type Inspection } from '../inspect.ts';
import type { Instance } from '../instance/instance.ts';
import { openBackup } from '../open-backup.ts';

/** A file that was found, and what it says of itself. */
export interface FoundBackup {
  /** Name of the file. */
  readonly file: string;
  readonly path: string;
  /** `null` when it is no whole backup; `failure` says why. */
  readonly inspection: Inspection | null;
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null;
  /** It was being written when the medium was pulled out, and never got its name. */
  readonly unfinished: boolean;
}

/** Nobody has so many backups on a stick; whoever put more there wants us to read for ever. */
const MOST_FILES = 10_000;
const FINISHED = /^[^.].*\.tar$/;
const UNFINISHED = /^\..+\.[0-9a-f]{16}\.partial$/;

/**
 * Looks at every backup in a folder, newest first; what is no backup comes last. Nothing there is trusted: only
 * regular files are opened, past the system's memory, and only their bounded parts are read.
 *
 * @throws BACKUP_UNREADABLE when the folder cannot be read
 */
export async function findBackups(folder: string, instance: Instance): Promise<FoundBackup[]> {
  const found: FoundBackup[] = [];
  for (const file of await candidates(folder)) {
    const path = join(folder, file);
    const isFile = await lstat(path).then(
      (status) => status.isFile(),
      () => false,
    );
    if (!isFile) continue;
    found.push({ file, path, unfinished: UNFINISHED.test(file), ...(await look(path, instance)) });
  }
  return found.toSorted(newestFirst);
}

async function candidates(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) return [];
    throw coreError('BACKUP_UNREADABLE', `${folder} cannot be read`, { cause });
  });
  return names
    .filter((name) => FINISHED.test(name) || UNFINISHED.test(name))
    .toSorted()
    .toReversed()
    .slice(0, MOST_FILES);
}

async function look(
  path: string,
  instance: Instance,
): Promise<Pick<FoundBackup, 'inspection' | 'failure'>> {
  try {
    await using backup = await openBackup(path, instance, { pastCache: true });
    return { inspection: describe(path, backup), failure: null };
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    return { inspection: null, failure: { code: cause.code as ErrorCode, message: cause.message } };
  }
}

/** By the time and generation that each states; what states none comes last, and what is unfinished before that. */
function newestFirst(one: FoundBackup, other: FoundBackup): number {
  const rank = (it: FoundBackup): number => (it.inspection === null ? 2 : it.unfinished ? 1 : 0);
  const [a, b] = [one.inspection, other.inspection];
  if (rank(one) !== rank(other) || a === null || b === null) return rank(one) - rank(other);
  if (a.created !== b.created) return a.created < b.created ? 1 : -1;
  return b.generation - a.generation;
}
