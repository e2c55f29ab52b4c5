import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { lstatOrNull } from '@holdfast/media/durable';

import { coreError } from '../errors.ts';
import { innerLinkTarget } from './inner-link.ts';
import { sourceError } from './source-error.ts';

/** One file, folder or symbolic link of what is backed up together. */
export interface TreeEntry {
  /** Below the root; the root itself is `.`. */
  readonly name: string;
  readonly path: string;
  readonly type: 'File' | 'Directory' | 'SymbolicLink';
  /** Whether a link at `path` is followed: only where the person named it. */
  readonly follow: boolean;
  readonly stat: BigIntStats;
  /** Of a symbolic link. */
  readonly target?: string;
}

/** A single folder is its own root; several files and folders have the folder above them all. */
function findRoot(paths: readonly string[]): { root: string; tops: string[] } {
  const all = [...new Set(paths.map((path) => resolve(path)))].sort();
  const tops = all.filter((path) => !all.some((other) => other !== path && isBelow(path, other)));
  const [first = '/', ...others] = tops;
  if (others.length === 0) return { root: first, tops };
  let root = dirname(first);
  while (!others.every((path) => isBelow(path, root))) root = dirname(root);
  return { root, tops };
}

/** Lists what is to be backed up, always in the same order. */
export async function listTree(paths: readonly string[]): Promise<TreeEntry[]> {
  const found = findRoot(paths);
  const { tops } = found;
  let { root } = found;
  if (tops.length === 1 && !(await statEntry(root, true)).isDirectory()) root = dirname(root);
  const entries = new Map<string, TreeEntry>();
  for (const top of tops) {
    for (const folder of foldersBetween(root, top)) {
      const above = await describe(root, folder, true);
      entries.set(above.name, above);
    }
    for await (const entry of walk(root, top, true)) entries.set(entry.name, entry);
  }
  for (const entry of entries.values()) await assertInside(entry, root, entries);
  return [...entries.values()];
}

async function* walk(root: string, path: string, follow: boolean): AsyncGenerator<TreeEntry> {
  const entry = await describe(root, path, follow);
  yield entry;
  if (entry.type !== 'Directory') return;
  const names = await readdir(path).catch((cause: unknown) => {
    throw sourceError(cause, path);
  });
  for (const name of names.sort()) yield* walk(root, join(path, name), false);
}

async function describe(root: string, path: string, follow: boolean): Promise<TreeEntry> {
  const name = relative(root, path) || '.';
  const found = await statEntry(path, follow);
  const entry = { name, path, follow, stat: found };
  if (found.isFile()) return { ...entry, type: 'File' };
  if (found.isDirectory()) return { ...entry, type: 'Directory' };
  if (found.isSymbolicLink()) {
    return { ...entry, type: 'SymbolicLink', target: await readlink(path) };
  }
  throw coreError('SOURCE_UNREADABLE', `this is neither a file, a folder nor a link: ${path}`);
}

/** What is at `path` now; throws SOURCE_NOT_FOUND or SOURCE_UNREADABLE. */
export async function statEntry(path: string, follow: boolean): Promise<BigIntStats> {
  try {
    return await (follow ? stat : lstat)(path, { bigint: true });
  } catch (cause) {
    throw sourceError(cause, path);
  }
}

/** A link to what is not backed up with it would come back empty-handed. */
async function assertInside(
  entry: TreeEntry,
  root: string,
  entries: ReadonlyMap<string, TreeEntry>,
): Promise<void> {
  if (entry.target === undefined) return;
  const target = innerLinkTarget(entry.name, entry.target);
  if (
    target !== null &&
    (entries.has(target) || (await lstatOrNull(join(root, target))) === null)
  ) {
    return;
  }
  throw coreError(
    'SOURCE_LINK_OUTSIDE',
    `${entry.path} is a link to ${entry.target}, which is not backed up with it`,
  );
}

function foldersBetween(root: string, path: string): string[] {
  const folders: string[] = [];
  if (path === root) return folders;
  for (let folder = dirname(path); folder !== root; folder = dirname(folder))
    folders.unshift(folder);
  return folders;
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** What to call several files together. */
export function treeName(paths: readonly string[]): string {
  return basename(findRoot(paths).root) || 'files';
}
