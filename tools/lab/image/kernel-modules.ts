import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { LabError } from '../guest/lab-error.ts';
import { EARLY_MODULES, LOADED_MODULES, OTHER_MODULES } from './contents.ts';
import { runTool } from './tool.ts';

/** The modules of one unpacked kernel package. */
export class KernelModules {
  readonly version: string;
  readonly #folder: string;

  private constructor(folder: string, version: string) {
    this.#folder = folder;
    this.version = version;
  }

  /** Reads the unpacked package in `folder`. */
  static async in(folder: string): Promise<KernelModules> {
    // modprobe looks in /lib, which Debian has moved.
    await symlink('usr/lib', join(folder, 'lib'));
    const [version] = await readdir(join(folder, 'lib/modules'));
    if (version === undefined) throw new LabError('the kernel came without modules');
    await runTool('depmod', ['-b', folder, version]);
    return new KernelModules(folder, version);
  }

  /** Puts all modules that the guest may load into its root file system. */
  async install(root: string): Promise<void> {
    const target = join(root, 'usr/lib/modules', this.version);
    await mkdir(join(target, 'kernel'), { recursive: true });
    for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
      await copyFile(join(this.#folder, 'lib/modules', this.version, name), join(target, name));
    }
    const wanted = [...EARLY_MODULES, ...LOADED_MODULES, ...OTHER_MODULES];
    await this.#unpack(await this.#withDependencies(wanted), join(target, 'kernel'));
    await runTool('depmod', ['-b', root, this.version]);
  }

  /** Makes the initial RAM disk, which loads the early modules and goes to the root file system. */
  async makeInitialDisk(folder: string, busybox: string, init: string, to: string): Promise<void> {
    for (const name of ['bin', 'dev', 'root', 'modules']) {
      await mkdir(join(folder, name), { recursive: true });
    }
    await copyFile(busybox, join(folder, 'bin/busybox'));
    await runTool('install', ['-m', '755', init, join(folder, 'init')]);
    const modules = join(folder, 'modules');
    const order = await this.#unpack(await this.#withDependencies(EARLY_MODULES), modules);
    await writeFile(join(modules, 'order'), `${order.join('\n')}\n`);
    await runTool('sh', ['-c', `find . | cpio -o -H newc --quiet >'${to}'`], { cwd: folder });
  }

  /** Files, each after those it depends on. */
  async #withDependencies(names: readonly string[]): Promise<string[]> {
    const files = new Set<string>();
    for (const name of names) {
      const from = ['-d', this.#folder, '-S', this.version, '--show-depends', name];
      const listed = (await runTool('modprobe', from)).toString();
      for (const [, file] of listed.matchAll(/^insmod (\S+)/gm))
        if (file !== undefined) files.add(file);
    }
    return [...files];
  }

  /** Unpacked, for busybox cannot, and the emulated processor is slow at it. Resolves to their names. */
  async #unpack(files: readonly string[], folder: string): Promise<string[]> {
    const names: string[] = [];
    for (const file of files) {
      const name = basename(file, '.xz');
      if (file.endsWith('.xz'))
        await writeFile(join(folder, name), await runTool('xz', ['-dc', file]));
      else await copyFile(file, join(folder, name));
      names.push(name);
    }
    return names;
  }
}
