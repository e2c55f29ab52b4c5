import { execFile } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
// mkfs and losetup lie where a plain user's PATH does not look.
const env = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
  // strace counts the calls of each thread: with a single one for files, its count is theirs.
  UV_THREADPOOL_SIZE: '1',
};

/** A file system of its own; disposal takes it away again. */
export interface Mounted extends AsyncDisposable {
  readonly path: string;
  at(name: string): string;
}

/** These tests make real faults; without the right to, they fail instead of showing nothing. */
export function needRoot(): void {
  if (process.geteuid?.() !== 0) throw new Error('this test mounts file systems: run it as root');
}

export async function mountTmpfs(options: string): Promise<Mounted> {
  return await mounted(async (path) => {
    await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { env });
  });
}

/** A file system on a loop device, as on a stick. */
export async function mountImage(type: 'ext4' | 'xfs'): Promise<Mounted> {
  return await mounted(async (path, image) => {
    await run('touch', [image]);
    // The smallest that mkfs.xfs takes; the file is sparse.
    await truncate(image, (type === 'xfs' ? 320 : 32) * 1024 * 1024);
    await run(`mkfs.${type}`, ['-q', image], { env });
    await run('mount', ['-o', 'loop', image, path], { env });
  });
}

/** What a stick looks like that was pulled: every later write fails, and some reads. */
export async function pull({ path }: Mounted): Promise<void> {
  await run('xfs_io', ['-x', '-c', 'shutdown', path], { env });
}

export async function remountReadOnly({ path }: Mounted): Promise<void> {
  await run('mount', ['-o', 'remount,ro', path], { env });
}

async function mounted(mount: (path: string, image: string) => Promise<void>): Promise<Mounted> {
  needRoot();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-mount-'));
  const path = join(folder, 'mnt');
  await mkdir(path);
  try {
    await mount(path, join(folder, 'image'));
  } catch (cause) {
    await rm(folder, { recursive: true });
    throw cause;
  }
  return {
    path,
    at: (name) => join(path, name),
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', path], { env });
      await rm(folder, { recursive: true });
    },
  };
}

/** Does something with the rights of nobody, in all threads of this process. */
export async function asNobody<Result>(act: () => Promise<Result>): Promise<Result> {
  needRoot();
  process.setegid?.(65534);
  process.seteuid?.(65534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** How a program ended that ran under strace with faults injected. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
}

/** Runs a TypeScript file with the faults that strace's `inject` describes. */
export async function runInjected(
  inject: string,
  script: URL,
  args: readonly string[],
): Promise<Ending> {
  const strace = ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${inject}`];
  const command = [process.execPath, script.pathname, ...args];
  return await new Promise((resolve, reject) => {
    const running = execFile(
      'strace',
      [...strace, ...command],
      { env },
      (error, stdout, stderr) => {
        if (typeof error?.code === 'string')
          reject(new Error('strace did not start', { cause: error }));
        else if (stderr !== '') reject(new Error(stderr));
        else resolve({ status: running.exitCode, stdout });
      },
    );
  });
}
