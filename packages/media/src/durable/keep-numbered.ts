import { link, rename, unlink } from 'node:fs/promises';

import { lstatOrNull } from './place.ts';
import { isSystemError } from './system-error.ts';

/** The former file under its numbered name, until the new one has its place. */
export interface Kept {
  readonly path: string;
  /** Back to how it was. */
  undo(): Promise<void>;
}

/** The names `PATH.~1~`, `PATH.~2~`, … as GNU tools number their backups. */
export function* numberedNames(path: string): Generator<string> {
  for (let number = 1; ; number++) yield `${path}.~${String(number)}~`;
}

/** Keeps the file at `path` under the first free numbered name, and never replaces a file by that. */
export async function keepNumbered(path: string): Promise<Kept> {
  for (const name of numberedNames(path)) {
    if ((await lstatOrNull(name)) !== null) continue;
    try {
      await link(path, name);
      return { path: name, undo: async () => await unlink(name) };
    } catch (cause) {
      if (isSystemError(cause, 'EEXIST')) continue;
      if (!cannotLink(cause)) throw cause;
      // Without hard links there is a moment in which only the numbered name exists.
      await rename(path, name);
      return { path: name, undo: async () => await rename(name, path) };
    }
  }
  throw new TypeError('there is always a next number');
}

/** Whether the file system has no hard links (vfat, exfat, some network ones), or grants none here. */
export function cannotLink(cause: unknown): boolean {
  return isSystemError(cause, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV');
}
