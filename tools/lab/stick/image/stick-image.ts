import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { copyImage } from './copy-image.ts';
import { makePartitioned, type PartitionTable } from './partition-table.ts';
import { makeVolume, type Volume } from './volume.ts';

const MIB = 2 ** 20;

/** Size of a stick, and what is on it: one volume that fills it, or partitions. */
export type StickContent = { readonly mebibytes: number } & (Volume | PartitionTable);

/** The content of a stick, as a sparse file in a folder of its own that goes with it. */
export class StickImage implements AsyncDisposable {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'stick');
  }

  static async open(content: StickContent): Promise<StickImage> {
    const image = new StickImage(await mkdtemp(join(tmpdir(), 'holdfast-stick-')));
    const size = content.mebibytes * MIB;
    try {
      if ('table' in content) await makePartitioned(image.path, size, content);
      else await makeVolume(image.path, size, content);
      return image;
    } catch (error) {
      await image[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A copy of it as it is now, down to the UUIDs; goes with it. Resolves to its path. */
  async copy(name: string): Promise<string> {
    const path = join(this.#folder, name);
    await copyImage(this.path, path);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
