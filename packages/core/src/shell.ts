import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { coreError } from './errors.ts';

/** A running shell command. */
export interface Child {
  readonly running: ChildProcess;
  /** Resolves when it ended well; throws COMMAND_FAILED otherwise. */
  readonly ended: Promise<void>;
  /** Ends it and what it started, if it still runs. */
  kill(): void;
}

/** Starts a command in `/bin/sh -c`; what it says on standard error goes to the person. */
export function startShell(command: string, stdio: StdioOptions, signal?: AbortSignal): Child {
  const running = spawn('/bin/sh', ['-c', command], { stdio });
  const kill = (): void => {
    if (running.pid === undefined || running.exitCode !== null || running.signalCode !== null)
      return;
    for (const pid of descendants(running.pid)) signalTo(pid, 'SIGTERM');
    const insist = setTimeout(() => {
      if (running.exitCode === null && running.signalCode === null) running.kill('SIGKILL');
    }, 2000);
    running.once('exit', () => {
      clearTimeout(insist);
    });
  };
  signal?.addEventListener('abort', kill, { once: true });
  const ended = new Promise<void>((resolve, reject) => {
    running.once('error', (cause) => {
      reject(coreError('COMMAND_FAILED', 'the command could not be started', { cause }));
    });
    running.once('exit', (code, by) => {
      signal?.removeEventListener('abort', kill);
      if (code === 0) resolve();
      else {
        const how =
          code === null ? `was ended by ${String(by)}` : `failed with status ${String(code)}`;
        reject(coreError('COMMAND_FAILED', `the command ${how}`));
      }
    });
  });
  // Whoever reads the streams learns of it there first, and asks here afterwards.
  ended.catch(() => undefined);
  if (signal?.aborted === true) kill();
  return { running, ended, kill };
}

/** A process and all below it. It shares our terminal, so it cannot have a process group of its own. */
function descendants(pid: number): number[] {
  let children: string;
  try {
    children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'latin1');
  } catch {
    children = '';
  }
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(descendants)];
}

function signalTo(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}
