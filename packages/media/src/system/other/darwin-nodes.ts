import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where macOS shows disks and what is mounted. */
export interface DarwinFolders {
  readonly dev: string;
  readonly volumes: string;
}

/**
 * Tells every plugging-in from others: the kernel numbers the nodes in /dev as it makes them, and never uses a
 * number twice (xnu, devfs_tree.c).
 */
export async function darwinSequences({ dev }: DarwinFolders): Promise<Map<string, string>> {
  const names = await namesIn(dev, /^disk\d+$/);
  const pairs = names.map(async (name) => {
    const status = await stat(join(dev, name)).catch(() => null);
    return status === null ? [] : [[name, String(status.ino)] as const];
  });
  return new Map((await Promise.all(pairs)).flat());
}

/** Differs when a disk or partition comes or goes, or something is mounted by its label. A few dozen small calls. */
export async function darwinFingerprint(folders: DarwinFolders): Promise<string> {
  const [nodes, sequences, volumes] = await Promise.all([
    namesIn(folders.dev, /^disk\d+(?:s\d+)*$/),
    darwinSequences(folders),
    namesIn(folders.volumes, /./),
  ]);
  return JSON.stringify([nodes, [...sequences], volumes]);
}

async function namesIn(folder: string, shape: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => shape.test(name)).toSorted();
}
