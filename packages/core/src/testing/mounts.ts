import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of its own, for faults that cannot be had otherwise. Takes root. */
export interface Mount extends Disposable {
  readonly folder: string;
  readOnly(): void;
  /** Takes the file system away under whoever uses it, as pulling a stick does. Only of xfs. */
  vanish(): void;
}

/** A file system in memory, of this size. */
export function openTmpfs(size: string): Mount {
  return mounted((folder) => {
    run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder);
  });
}

/** xfs on a loop mount: 300 MiB, of which next to nothing is allocated. */
export function openXfs(): Mount {
  return mounted((folder) => {
    const image = `${folder}.img`;
    run('truncate', '-s', '300M', image);
    run('mkfs.xfs', '-q', image);
    run('mount', '-o', 'loop', image, folder);
  });
}

function mounted(mount: (folder: string) => void): Mount {
  const folder = join(mkdtempSync(join(tmpdir(), 'holdfast-mount-')), 'mnt');
  run('mkdir', folder);
  mount(folder);
  return {
    folder,
    readOnly: () => {
      run('mount', '-o', 'remount,ro', folder);
    },
    vanish: () => {
      run('xfs_io', '-x', '-c', 'shutdown', folder);
    },
    [Symbol.dispose]: () => {
      run('umount', '-l', folder);
      rmSync(join(folder, '..'), { recursive: true, force: true });
    },
  };
}

function run(command: string, ...args: string[]): void {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  execFileSync(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}
