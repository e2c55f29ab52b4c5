import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { folderError, isSystemError, type FileAccess } from './token-folder.ts';

/**
 * Gives a file its name whole and durable, if that name is free. Of several that do so at once exactly one
 * wins; resolves to whether this one did. Throws STATE_INVALID.
 */
export async function createFile(path: string, text: string, access: FileAccess): Promise<boolean> {
  return await place(path, text, access, async (staged) => {
    try {
      await link(staged, path);
      return true;
    } catch (cause) {
      if (isSystemError(cause, 'EEXIST')) return false;
      throw cause;
    }
  });
}

/** Puts a file in the place of what is there, whole and durable. Throws STATE_INVALID. */
export async function replaceFile(path: string, text: string, access: FileAccess): Promise<void> {
  await place(path, text, access, async (staged) => {
    await rename(staged, path);
  });
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await handle.sync();
}

async function place<Result>(
  path: string,
  text: string,
  { gid, fileMode }: FileAccess,
  publish: (staged: string) => Promise<Result>,
): Promise<Result> {
  const folder = dirname(path);
  const staged = join(folder, `.${basename(path)}.${randomBytes(8).toString('hex')}.new`);
  try {
    {
      await using file = await open(staged, 'wx', 0o600);
      await file.writeFile(text);
      if (gid !== null) await file.chown(-1, gid);
      await file.chmod(fileMode);
      await file.sync();
    }
    const result = await publish(staged);
    await syncFolder(folder);
    return result;
  } catch (cause) {
    throw folderError(folder, cause);
  } finally {
    await rm(staged, { force: true }).catch(() => undefined);
  }
}
