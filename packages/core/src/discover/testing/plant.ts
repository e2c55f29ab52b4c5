import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A file tree that stands for a whole system. */
export interface Plant extends AsyncDisposable {
  readonly root: string;
  at(path: string): string;
  /** Makes a file, and the folders above it; a path with a slash at its end is a folder. */
  add(path: string, options?: { mode?: number; content?: string }): Promise<string>;
}

export async function openPlant(): Promise<Plant> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-discover-'));
  const at = (path: string): string => join(root, path);
  return {
    root,
    at,
    async add(path, { mode = 0o600, content = 'not a real secret\n' } = {}) {
      const own = at(path);
      if (path.endsWith('/')) {
        await mkdir(own, { recursive: true });
        return own;
      }
      await mkdir(dirname(own), { recursive: true });
      await writeFile(own, content, { mode });
      return own;
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}
