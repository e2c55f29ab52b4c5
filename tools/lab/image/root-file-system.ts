import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { LabError } from '../guest/lab-error.ts';
import { DEBIAN, GUEST_PACKAGES, LOADED_MODULES } from './contents.ts';
import { runTool } from './tool.ts';

const SOURCE = join(import.meta.dirname, 'root');

/** Debian's minimal system, and the packages of the guest, into `root`. */
export async function installDebian(root: string, signal?: AbortSignal): Promise<void> {
  const base = ['--variant=minbase', DEBIAN.release, root, DEBIAN.mirror];
  await runTool('debootstrap', base, { signal });
  // Nothing starts, nothing waits for the disk, and nobody reads manuals here.
  await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  await writeFile(
    join(root, 'etc/dpkg/dpkg.cfg.d/lab'),
    ['doc', 'man', 'locale'].reduce(
      (all, it) => `${all}path-exclude=/usr/share/${it}/*\n`,
      'force-unsafe-io\n',
    ),
  );
  await inRoot(root, signal, 'apt-get', 'update');
  await inRoot(
    root,
    signal,
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    ...GUEST_PACKAGES,
  );
  await inRoot(root, signal, 'apt-get', 'clean');
}

/** Fetches the kernel of the same release and unpacks it into `folder`, without what installing it would start. */
export async function unpackKernel(
  root: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const depends = await inRoot(root, signal, 'apt-cache', 'depends', 'linux-image-amd64');
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined) throw new LabError(`no kernel in Debian ${DEBIAN.release}`);
  const archive = '/tmp/kernel';
  await mkdir(join(root, archive));
  await inRoot(root, signal, 'sh', '-c', `cd ${archive} && apt-get download ${name}`);
  await runTool('sh', ['-c', `dpkg -x ${root}${archive}/*.deb ${folder}`], { signal });
  await rm(join(root, archive), { recursive: true });
}

/** Node, as the workspace has it, and the programs of the lab. */
export async function installLab(root: string): Promise<void> {
  await copyFile(nodeBinary(), join(root, 'usr/local/bin/node'));
  const lab = join(root, 'lab');
  await mkdir(lab);
  await writeFile(join(lab, 'modules'), `${LOADED_MODULES.join('\n')}\n`);
  await copyFile(join(SOURCE, 'agent.ts'), join(lab, 'agent.ts'));
  await writeFile(join(lab, 'init'), await readFile(join(SOURCE, 'init')), { mode: 0o755 });
}

/** Of the package `node` from npm: one file that needs nothing but the C and C++ libraries. */
export function nodeBinary(): string {
  const manifest = createRequire(import.meta.url).resolve('node/package.json');
  return join(dirname(manifest), 'bin/node');
}

async function inRoot(
  root: string,
  signal: AbortSignal | undefined,
  ...command: string[]
): Promise<string> {
  return (await runTool('chroot', [root, ...command], { signal })).toString();
}
