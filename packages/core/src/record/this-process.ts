import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { JobBegun } from '@holdfast/catalog';

/** Names one process among all that ever had its number. */
export type ProcessName = Pick<JobBegun, 'pid' | 'boot' | 'processStarted' | 'host'>;

export function thisProcess(): ProcessName {
  return {
    pid: process.pid,
    boot: bootId(),
    processStarted: startOf(process.pid) ?? '',
    host: hostname(),
  };
}

/** `unknown` for a process of another machine: nobody here can tell. */
export function fateOf({
  pid,
  boot,
  processStarted,
  host,
}: ProcessName): 'runs' | 'gone' | 'unknown' {
  if (host !== hostname()) return 'unknown';
  if (boot !== bootId()) return 'gone';
  const started = startOf(pid);
  if (started !== null) return started === processStarted ? 'runs' : 'gone';
  try {
    process.kill(pid, 0);
    return processStarted === '' ? 'runs' : 'gone';
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM' ? 'runs' : 'gone';
  }
}

/** Empty where the system does not tell, such as macOS: numbers alone have to do then. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

/** Field 22 of proc_pid_stat(5): ticks since boot. A name in parentheses may hold spaces. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
