import type { BigIntStats } from 'node:fs';
import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { mediaError } from '../errors.ts';
import { isSystemError } from './system-error.ts';

/** Where a file will really lie, and what lies there now. */
export interface Place {
  readonly path: string;
  readonly folder: string;
  readonly former: BigIntStats | null;
}

/**
 * Finds the place that `path` names, through symbolic links, as editors do, so that a link stays a link.
 * Throws DESTINATION_INVALID for anything that is there and is not a regular file.
 */
export async function findPlace(path: string): Promise<Place> {
  if (path === '' || path.includes('\0')) {
    throw mediaError('DESTINATION_INVALID', 'the destination has no usable name');
  }
  if (/\/\.{0,2}$|^\.{1,2}$/.test(path)) {
    throw mediaError('DESTINATION_INVALID', `this names a folder, not a file: ${path}`);
  }
  let current = resolve(path);
  for (let links = 0; links < 40; links++) {
    const folder = await realpath(dirname(current));
    current = join(folder, basename(current));
    const former = await lstatOrNull(current);
    if (former === null || former.isFile()) return { path: current, folder, former };
    if (former.isSymbolicLink()) {
      current = resolve(folder, await readlink(current));
    } else if (former.isDirectory()) {
      throw mediaError('DESTINATION_INVALID', `this is a folder, not a file: ${path}`);
    } else {
      throw mediaError('DESTINATION_INVALID', `this is not a regular file: ${path}`);
    }
  }
  throw mediaError('DESTINATION_INVALID', `links lead in a circle: ${path}`);
}

/** What lies at `path` itself, a link not followed; `null` for nothing. */
export async function lstatOrNull(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return null;
    throw cause;
  }
}
