import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from '@holdfast/core';

/** How long the file of a job is kept. In milliseconds. */
const KEPT = 3_600_000;

/** The files that jobs make for whoever asked for them; never anything in clear. */
export interface Results {
  /** Path of the file of a job, which is to be made. */
  prepare(job: string): Promise<string>;
  /** `null`: there is none, or none any more. */
  find(job: string): Promise<string | null>;
  /** Removes what is too old; everything, before anybody asks for anything. */
  clean(what: 'all' | 'old'): Promise<void>;
}

export function resultsIn(instance: Instance): Results {
  const folder = join(instance.folder, 'results');
  const pathOf = (job: string): string => join(folder, `${job}.age`);
  return {
    async prepare(job) {
      await instance.ensureFolder();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return pathOf(job);
    },
    async find(job) {
      const found = await stat(pathOf(job)).catch(() => null);
      const isKept = found !== null && Date.now() - found.mtimeMs < KEPT;
      return isKept ? pathOf(job) : null;
    },
    async clean(what) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names) {
        const path = join(folder, name);
        const found = await stat(path).catch(() => null);
        if (found === null) continue;
        if (what === 'all' || Date.now() - found.mtimeMs >= KEPT) await rm(path, { force: true });
      }
    },
  };
}
