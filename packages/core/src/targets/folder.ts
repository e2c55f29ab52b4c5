import { chmod, chown, mkdir, readdir, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { throwIfCancelled } from '@holdfast/age';
import {
  destinationError,
  isSystemError,
  lstatOrNull,
  numberedNames,
  permitted,
  syncFolder,
  temporaryName,
  mediaError,
} from '@holdfast/media/durable';
import type { StreamTarget } from '../ports.ts';
import { extractTar, makeRemovable } from './extract.ts';

/**
 * A folder that holds what the payload's tar holds, and nothing else. It is filled under a temporary
 * name and made durable before it gets its own. A former folder with anything in it is refused with
 * DESTINATION_EXISTS, or with `replace` kept beside it as `NAME.~1~`, `NAME.~2~`, …: whoever names
 * `/etc` seldom means all of it.
 */
export function toFolder(
  path: string,
  { replace = false }: { replace?: boolean } = {},
): StreamTarget {
  return {
    kind: 'stream',
    where: `the folder ${path}`,
    accepts: ['tar'],
    async prepare() {
      const place = await findFolder(path, replace);
      try {
        const trial = join(place.parent, temporaryName(basename(place.path)));
        await mkdir(trial, 0o700);
        await rmdir(trial);
      } catch (cause) {
        throw await destinationError(cause, place.path);
      }
    },
    async consume(plaintext, { signal }) {
      throwIfCancelled(signal);
      const place = await findFolder(path, replace);
      const temporary = join(place.parent, temporaryName(basename(place.path)));
      const folders: string[] = [temporary];
      try {
        await mkdir(temporary, 0o700);
        const { root } = await extractTar(plaintext, temporary, folders, signal);
        if (!root) await takeOverPermissions(place.path, temporary);
        throwIfCancelled(signal);
        const kept = await swap(temporary, place.path);
        await syncFolder(place.parent);
        return kept;
      } catch (cause) {
        const error = await destinationError(cause, place.path, { witness: temporary });
        await makeRemovable(folders);
        await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
        throw error;
      }
    },
  };
}

/** The true place of the folder; throws when it cannot be one, or its parent cannot take one. */
async function findFolder(
  path: string,
  replace: boolean,
): Promise<{ path: string; parent: string }> {
  try {
    let place = resolve(path);
    const former = await lstatOrNull(place);
    if (former !== null) {
      place = await realpath(place);
      if (!(await stat(place)).isDirectory()) {
        throw mediaError('DESTINATION_INVALID', `this is not a folder: ${path}`);
      }
    }
    const parent = await realpath(dirname(place));
    if (parent === place)
      throw mediaError('DESTINATION_INVALID', `this cannot be replaced: ${path}`);
    if (!replace && former !== null && (await readdir(place)).length > 0) {
      throw mediaError('DESTINATION_EXISTS', `there already is a folder ${path} with files in it`);
    }
    return { path: join(parent, basename(place)), parent };
  } catch (cause) {
    throw await destinationError(cause, path);
  }
}

/** For a tar of several files, which does not say how their folder was. */
async function takeOverPermissions(former: string, folder: string): Promise<void> {
  const found = await lstatOrNull(former);
  if (found === null) return;
  if (process.geteuid?.() === 0)
    await permitted(chown(folder, Number(found.uid), Number(found.gid)));
  await permitted(chmod(folder, Number(found.mode) & 0o3777));
}

async function swap(temporary: string, path: string): Promise<string | null> {
  const kept = await keepFolder(path);
  try {
    await rename(temporary, path);
    return kept;
  } catch (cause) {
    if (kept !== null) await rename(kept, path).catch(() => undefined);
    throw cause;
  }
}

async function keepFolder(path: string): Promise<string | null> {
  if ((await lstatOrNull(path)) === null || (await readdir(path)).length === 0) return null;
  for (const name of numberedNames(path)) {
    try {
      // An empty folder takes the name for us, and rename() replaces nothing but an empty folder.
      await mkdir(name, 0o700);
    } catch (cause) {
      if (isSystemError(cause, 'EEXIST')) continue;
      throw cause;
    }
    try {
      await rename(path, name);
      return name;
    } catch (cause) {
      await rmdir(name).catch(() => undefined);
      throw cause;
    }
  }
  throw new TypeError('there is always a next number');
}
