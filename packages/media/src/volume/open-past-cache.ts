import { constants } from 'node:fs';
import { open, statfs, type FileHandle } from 'node:fs/promises';

import { isSystemError } from '../durable/system-error.ts';
import { runProgram } from '../system/program.ts';

/** What statfs(2) calls it. */
const BTRFS = 0x9123683e;

/** A file that is open for reading. */
export interface OpenedFile extends AsyncDisposable {
  readonly fd: number;
  readonly handle: FileHandle;
  /** Whether reads go to the medium, past what the system has of it in memory: in whole aligned blocks. */
  readonly direct: boolean;
}

/**
 * Opens a file so that what is read comes from the medium itself (open(2), O_DIRECT), or plainly where the
 * system or the file system cannot do that.
 */
export async function openPastCache(path: string): Promise<OpenedFile> {
  const { O_RDONLY, O_DIRECT } = constants;
  // Only Linux has it.
  if (typeof O_DIRECT !== 'number') return await openPlainly(path);
  try {
    // btrfs gives what it remembers all the same, unless that is gone.
    if ((await statfs(path)).type === BTRFS && !(await forget(path)))
      return await openPlainly(path);
    return opened(await open(path, O_RDONLY | O_DIRECT), true);
  } catch (cause) {
    if (!isSystemError(cause, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP')) throw cause;
    return await openPlainly(path);
  }
}

/** Has the system drop what it keeps of a file in memory (posix_fadvise(2), which Node does not have). */
async function forget(path: string): Promise<boolean> {
  const { status } = await runProgram('dd', [`if=${path}`, 'iflag=nocache', 'count=0']);
  return status === 0;
}

/** The same, through what the system remembers. */
export async function openPlainly(path: string): Promise<OpenedFile> {
  return opened(await open(path, constants.O_RDONLY), false);
}

function opened(handle: FileHandle, direct: boolean): OpenedFile {
  return {
    fd: handle.fd,
    handle,
    direct,
    async [Symbol.asyncDispose]() {
      await handle.close();
    },
  };
}
