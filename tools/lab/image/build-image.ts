import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { LabError } from '../guest/lab-error.ts';
import { installHostPackages } from './host-packages.ts';
import { KernelModules } from './kernel-modules.ts';
import { extractKernel } from './kernel.ts';
import { installDebian, installLab, nodeBinary, unpackKernel } from './root-file-system.ts';
import { runTool } from './tool.ts';

/** What a guest boots from. */
export interface Image {
  readonly folder: string;
  readonly kernel: string;
  readonly initrd: string;
  /** The root file system, raw ext4. Never written to. */
  readonly disk: string;
}

export interface Progress {
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The image of the guest: from the cache, else built, which takes a minute or two, root, and Debian's mirror. */
export async function provideImage(progress: Progress): Promise<Image> {
  await installHostPackages(progress.say);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast-lab');
  const folder = join(cache, await recipeHash());
  if (!(await exists(folder))) await build(cache, folder, progress);
  return {
    folder,
    kernel: join(folder, 'vmlinux'),
    initrd: join(folder, 'initrd'),
    disk: join(folder, 'root.img'),
  };
}

/** Everything that goes into the image from here: this folder, and Node. */
async function recipeHash(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(import.meta.dirname, { recursive: true, withFileTypes: true }))
    .filter((it) => it.isFile() && !it.name.endsWith('.test.ts'))
    .map((it) => join(it.parentPath, it.name))
    .toSorted();
  for (const file of files) hash.update(await readFile(file));
  hash.update(String((await stat(nodeBinary())).size));
  return hash.digest('hex').slice(0, 16);
}

async function build(cache: string, folder: string, { say, signal }: Progress): Promise<void> {
  if (process.getuid?.() !== 0) throw new LabError('the image of the lab is built as root');
  const work = `${folder}.${process.pid}`;
  const path = (name: string): string => join(work, name);
  const step = async (what: string, work: () => Promise<void>): Promise<void> => {
    signal?.throwIfAborted();
    const start = Date.now();
    await work();
    say(`  ${what}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
  };
  say('Building the image of the lab, once');
  try {
    await mkdir(work, { recursive: true });
    await step('Debian', async () => await installDebian(path('root'), signal));
    await step('kernel', async () => {
      await unpackKernel(path('root'), path('package'), signal);
      const modules = await KernelModules.in(path('package'));
      await modules.install(path('root'));
      const init = join(import.meta.dirname, 'root/early-init');
      await modules.makeInitialDisk(
        path('early'),
        path('root/usr/bin/busybox'),
        init,
        path('initrd'),
      );
      await extractKernel(path(`package/boot/vmlinuz-${modules.version}`), path('vmlinux'));
    });
    await step('file system', async () => {
      await installLab(path('root'));
      await makeDisk(path('root'), path('root.img'), signal);
    });
    for (const name of ['root', 'package', 'early']) await rm(path(name), { recursive: true });
    // Of two that build at once, the first one wins.
    await rename(work, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
    await removeOldImages(cache, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function makeDisk(
  root: string,
  disk: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await runTool('truncate', ['-s', '2G', disk]);
  const options = [
    '-q',
    '-F',
    '-t',
    'ext4',
    '-O',
    '^has_journal,^metadata_csum',
    '-E',
    'lazy_itable_init=1',
  ];
  await runTool('mkfs.ext4', [...options, '-d', root, disk], { signal });
}

/** A checkout of another commit may have its own; but none is kept for ever. */
async function removeOldImages(cache: string, but: string): Promise<void> {
  const fortnight = 14 * 24 * 60 * 60 * 1000;
  for (const name of await readdir(cache)) {
    const folder = join(cache, name);
    const { mtimeMs } = await stat(folder);
    if (folder !== but && Date.now() - mtimeMs > fortnight)
      await rm(folder, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
