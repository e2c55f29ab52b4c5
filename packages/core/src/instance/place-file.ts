import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { destinationError, isSystemError, syncFolder } from '@holdfast/media/durable';

export interface FilePermissions {
  readonly fileMode: number;
  readonly gid: number | null;
}

/**
 * Creates a file whole and durable, or not at all. Of several that do so at once, exactly one wins.
 * Resolves to whether this one did.
 */
export async function createFile(
  path: string,
  content: Uint8Array,
  permissions: FilePermissions,
): Promise<boolean> {
  return await place(path, content, permissions, async (staged) => {
    try {
      await link(staged, path);
      return true;
    } catch (cause) {
      if (isSystemError(cause, 'EEXIST')) return false;
      throw cause;
    }
  });
}

/** Puts a file in the place of whatever is there, whole and durable. */
export async function replaceFile(
  path: string,
  content: Uint8Array,
  permissions: FilePermissions,
): Promise<void> {
  await place(path, content, permissions, async (staged) => {
    await rename(staged, path);
  });
}

async function place<Result>(
  path: string,
  content: Uint8Array,
  { fileMode, gid }: FilePermissions,
  publish: (staged: string) => Promise<Result>,
): Promise<Result> {
  const staged = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    {
      await using handle = await open(staged, 'wx', 0o600);
      await handle.writeFile(content);
      if (gid !== null) await handle.chown(-1, gid);
      await handle.chmod(fileMode);
      await handle.sync();
    }
    const result = await publish(staged);
    await syncFolder(dirname(path));
    return result;
  } catch (cause) {
    throw await destinationError(cause, path);
  } finally {
    await rm(staged, { force: true }).catch(() => undefined);
  }
}
