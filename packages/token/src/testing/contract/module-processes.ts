import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends the module processes that this process has started, as a crash would. Linux only. */
export async function endModuleProcesses(): Promise<number> {
  const ended: number[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || !(await isModuleProcess(pid))) continue;
    process.kill(pid, 'SIGKILL');
    ended.push(pid);
  }
  for (const pid of ended) while (await isModuleProcess(pid)) await sleep(10);
  return ended.length;
}

async function isModuleProcess(pid: number): Promise<boolean> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // After the name, which may hold anything, come the state and the parent.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state !== 'Z' && Number(parent) === process.pid && command.includes('module-process');
  } catch {
    return false;
  }
}
