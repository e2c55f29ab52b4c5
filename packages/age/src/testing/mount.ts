import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system on a loop device, as on a stick. Disposing takes it away again. */
export interface Mount extends Disposable {
  readonly folder: string;
  /** What the device holds, as a file. */
  readonly image: string;
}

/** Takes root; without it, this throws, and no test passes by showing nothing. */
export function openMount(type: 'ext4' | 'xfs'): Mount {
  const parent = mkdtempSync(join(tmpdir(), 'holdfast-mount-'));
  const [folder, image] = [join(parent, 'mnt'), join(parent, 'image')];
  mkdirSync(folder);
  try {
    // The smallest that mkfs.xfs takes; the file is sparse.
    run('truncate', '-s', type === 'xfs' ? '320M' : '64M', image);
    run(`mkfs.${type}`, '-q', image);
    run('mount', '-o', 'loop', image, folder);
  } catch (error) {
    rmSync(parent, { recursive: true });
    throw error;
  }
  return {
    folder,
    image,
    [Symbol.dispose]() {
      run('umount', '--lazy', folder);
      rmSync(parent, { recursive: true });
    },
  };
}

function run(command: string, ...args: string[]): void {
  // mkfs and losetup lie where a plain user's PATH does not look.
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  execFileSync(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
}
