import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { catalogError } from '../errors.ts';
import type { CatalogPlace } from '../place.ts';

const PRIVATE = 0o600;

/**
 * Makes the empty file that SQLite fills. SQLite gives its own files beside it the same mode, so what is shared
 * with a group is shared as a whole. One that another process made meanwhile is left as it is.
 */
export async function makeFile({
  path,
  mode = PRIVATE,
  gid = null,
}: Extract<CatalogPlace, { kind: 'sqlite' }>): Promise<void> {
  try {
    await using file = await open(path, 'wx', PRIVATE);
    if (gid !== null) await file.chown(-1, gid);
    await file.chmod(mode);
    await file.sync();
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return;
    throw catalogError('CATALOG_UNWRITABLE', `${path} cannot be made: ${codeOf(cause)}`, { cause });
  }
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
