import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { text } from './connection.ts';
import type { KernelFolders } from './read-disks.ts';

/**
 * A text that differs as soon as a disk, partition or mount comes, goes or becomes known to udev. A few small
 * reads of what lies in memory: asking for it every other second costs nothing that could be measured.
 */
export async function fingerprint({ sys, proc }: KernelFolders): Promise<string> {
  const names = (await readdir(join(sys, 'class/block')).catch(() => [])).toSorted();
  const blocks = await Promise.all(
    names
      .filter((name) => !/^(?:loop|ram|zram)\d/.test(name))
      .map(async (name) => {
        const folder = join(sys, 'class/block', name);
        const [sequence, size, number] = await Promise.all(
          ['diskseq', 'size', 'dev'].map(async (it) => await text(folder, it)),
        );
        return [name, sequence, size, await knownToUdev(number)].join(' ');
      }),
  );
  const mounts = await readFile(join(proc, 'self/mountinfo'), 'utf8').catch(() => '');
  return [...blocks, mounts].join('\n');
}

/** Only when udev has looked at it are label and file system known. */
async function knownToUdev(number: string | null | undefined): Promise<number> {
  return await stat(`/run/udev/data/b${number ?? ''}`).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
