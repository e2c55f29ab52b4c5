import { constants, openSync } from 'node:fs';

/** Opens a pipe or terminal once more, as one that does not block; `null` where that cannot be done. */
export function reopen(fd: number, access: 'read' | 'write'): number | null {
  if (process.platform !== 'linux') return null;
  const way = access === 'read' ? constants.O_RDONLY : constants.O_WRONLY;
  const flags = way | constants.O_NONBLOCK | constants.O_NOCTTY;
  try {
    return openSync(`/proc/self/fd/${String(fd)}`, flags);
  } catch {
    return null; // no /proc, another user's pipe, or nobody at its other end
  }
}
