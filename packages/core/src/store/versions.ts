import { chmod, chown, mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  destinationError,
  isSystemError,
  syncFolder,
  writeFileDurably,
} from '@holdfast/media/durable';

import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import { isTaken } from './identity.ts';
import { isSecretName } from './name.ts';

const VERSION_FILE = /^([1-9][0-9]{0,14})\.age$/;
/** A staged file this old was left behind by a process that was killed. */
const STALE_MS = 60 * 60 * 1000;

/** The names that have a folder, in order; some may have no version. */
export async function listNames(instance: Instance): Promise<string[]> {
  return (await namesIn(join(instance.folder, 'secrets'))).filter(isSecretName).sort();
}

/** The versions of a secret that are there, the newest first. */
export async function listVersions(instance: Instance, name: string): Promise<number[]> {
  return (await namesIn(folderOf(instance, name)))
    .map((file) => Number(VERSION_FILE.exec(file)?.[1] ?? 0))
    .filter((version) => version > 0)
    .sort((one, other) => other - one);
}

/** Only an empty store may be given a new identity: it could not read what another one sealed. */
export async function isEmptyStore(instance: Instance): Promise<boolean> {
  for (const name of await listNames(instance)) {
    if ((await listVersions(instance, name)).length > 0) return false;
  }
  return true;
}

/** When a version was made; `null` when it is gone meanwhile. */
export async function versionCreated(
  instance: Instance,
  name: string,
  version: number,
): Promise<Date | null> {
  return await orNull(stat(pathOf(instance, name, version)).then(({ mtime }) => mtime));
}

/** The file of a version; `null` when it is gone meanwhile. */
export async function readVersion(
  instance: Instance,
  name: string,
  version: number,
): Promise<Buffer | null> {
  return await orNull(readFile(pathOf(instance, name, version)));
}

/**
 * Adds the version that follows `former` (0 for none), durably, and only then removes the ones before
 * `former`. Creating a file is exclusive, so it needs no lock: of several that follow the same version
 * one wins, and the others get STATE_BUSY. A process that is killed leaves the former versions, or all.
 */
export async function addVersion(
  instance: Instance,
  name: string,
  former: number,
  file: Uint8Array,
): Promise<void> {
  const busy = `another command changed ${name} at the same time`;
  const version = former + 1;
  await makeFolder(instance, name);
  if (((await listVersions(instance, name))[0] ?? 0) !== former)
    throw coreError('STATE_BUSY', busy);
  const path = pathOf(instance, name, version);
  const { fileMode } = await instance.permissions();
  try {
    await writeFileDurably(path, file, { replace: 'refuse', mode: fileMode });
  } catch (cause) {
    if (isTaken(cause)) throw coreError('STATE_BUSY', busy, { cause });
    throw cause;
  }
  // When others added three meanwhile, this number was free again; one may well have followed ours.
  if (!(await listVersions(instance, name)).slice(0, 2).includes(version)) {
    await unlink(path).catch(() => undefined);
    throw coreError('STATE_BUSY', busy);
  }
  await removeOlder(instance, name, former);
}

/** Tidying up; what cannot be removed now is removed the next time. */
async function removeOlder(instance: Instance, name: string, oldest: number): Promise<void> {
  const folder = folderOf(instance, name);
  for (const file of await namesIn(folder)) {
    const version = Number(VERSION_FILE.exec(file)?.[1] ?? Infinity);
    const path = join(folder, file);
    if (version < oldest || (file.endsWith('.partial') && (await isStale(path)))) {
      await unlink(path).catch(() => undefined);
    }
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await orNull(stat(path));
  return found !== null && found.mtimeMs < Date.now() - STALE_MS;
}

async function makeFolder(instance: Instance, name: string): Promise<void> {
  const { gid, folderMode } = await instance.permissions();
  for (const folder of [dirname(folderOf(instance, name)), folderOf(instance, name)]) {
    try {
      await mkdir(folder, 0o700);
      if (gid !== null) await chown(folder, -1, gid);
      await chmod(folder, folderMode);
      await syncFolder(dirname(folder));
    } catch (cause) {
      if (!isSystemError(cause, 'EEXIST')) throw await destinationError(cause, folder);
    }
  }
}

function folderOf(instance: Instance, name: string): string {
  return join(instance.folder, 'secrets', name);
}

function pathOf(instance: Instance, name: string, version: number): string {
  return join(folderOf(instance, name), `${version}.age`);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await orNull(readdir(folder))) ?? [];
}

async function orNull<Value>(finding: Promise<Value>): Promise<Value | null> {
  try {
    return await finding;
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return null;
    throw coreError('STATE_INVALID', 'the secret store cannot be read', { cause });
  }
}
