import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

import { isSystemError } from './system-error.ts';

/**
 * Gives a new file the mode and owner of the one it replaces, as far as that is permitted: what is meant
 * for a group that cannot be given is not given to another.
 */
export async function applyPermissions(
  file: FileHandle,
  mode: number,
  former: BigIntStats | null,
): Promise<void> {
  let wanted = former === null ? mode : Number(former.mode) & 0o777;
  if (former !== null) {
    const own = await file.stat({ bigint: true });
    const kept =
      own.gid === former.gid || (await permitted(file.chown(Number(own.uid), Number(former.gid))));
    if (!kept) wanted &= 0o707;
    if (own.uid !== former.uid)
      await permitted(file.chown(Number(former.uid), Number(kept ? former.gid : own.gid)));
  }
  const { mode: current } = await file.stat();
  if ((current & 0o777) !== wanted) await permitted(file.chmod(wanted));
}

/** Whether a change of mode or owner was allowed; not every file system and user may. */
export async function permitted(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (cause) {
    if (isSystemError(cause, 'EPERM', 'EACCES', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'))
      return false;
    throw cause;
  }
}
