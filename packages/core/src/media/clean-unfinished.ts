import { readdir, rm, stat } from 'node:fs/promises';
import { isSystemError } from '@holdfast/media/durable';
import type { Instance } from '../instance/instance.ts';
import { findBackups } from './find-backups.ts';

/**
 * Removes what was left in a folder by work that was cut off: files that never got their name, that nobody has written
 * to since, and that are no whole backup, or one that lies there under its name as well. Resolves to their paths.
 */
export async function cleanUnfinished(
  folder: string,
  instance: Instance,
  { olderThan }: { readonly olderThan: Date },
): Promise<readonly string[]> {
  // To look at every backup takes long, and seldom is anything left.
  const names = await readdir(folder).catch(() => []);
  if (!names.some((name) => name.endsWith('.partial'))) return [];
  const found = await findBackups(folder, instance);
  const named = new Set(found.flatMap((it) => (it.unfinished ? [] : [it.inspection?.id])));
  const removed: string[] = [];
  for (const { path, unfinished, inspection } of found) {
    if (!unfinished) continue;
    if (inspection !== null && !named.has(inspection.id)) continue;
    try {
      if ((await stat(path)).mtime >= olderThan) continue;
      await rm(path);
      removed.push(path);
    } catch (cause) {
      // Whoever made it was faster.
      if (!isSystemError(cause, 'ENOENT')) throw cause;
    }
  }
  return removed;
}
