import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';

import { throwIfCancelled } from '@holdfast/age';

export interface Ending {
  /** `null`: there is no such program, or it was ended by a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly signal?: AbortSignal | undefined;
  /** After so many milliseconds it is killed. */
  readonly patience?: number;
}

/**
 * Runs a program of the system, whatever comes of it. Its words are in English, and it never asks for anything.
 * Throws CANCELLED.
 */
export type RunProgram = (
  program: string,
  args: readonly string[],
  options?: ProgramOptions,
) => Promise<Ending>;

// Administration has its programs where a plain user's PATH does not look.
const FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export const runProgram: RunProgram = async (program, args, { signal, patience = 60_000 } = {}) => {
  throwIfCancelled(signal);
  const env = {
    ...process.env,
    PATH: [process.env['PATH'] ?? '', ...FOLDERS].join(delimiter),
    LC_ALL: 'C.UTF-8',
  };
  const limit = AbortSignal.timeout(patience);
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, stderr };
  } catch (cause) {
    throwIfCancelled(signal);
    return { status: null, stdout, stderr: cause instanceof Error ? cause.message : String(cause) };
  }
};
