import { readFile } from 'node:fs/promises';

/** A process, told from a later one with the same number by when it began. */
export interface ProcessStamp {
  readonly pid: number;
  /** The boot and the clock tick; `null` where there is no /proc. */
  readonly since: string | null;
}

/** The process that this runs in. */
export async function thisProcess(): Promise<ProcessStamp> {
  return { pid: process.pid, since: await startOf(process.pid) };
}

/** Whether it still runs; when in doubt, that it does. */
export async function isRunning({ pid, since }: ProcessStamp): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // Anything but "no such process" is about a process that there is: of someone else.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ESRCH') return false;
  }
  const start = await startOf(pid);
  return since === null || start === null || start === since;
}

/** proc_pid_stat(5): the start is field 22; the name, field 2, may hold blanks and parentheses. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot.trim()}:${ticks}`;
  } catch {
    return null;
  }
}
