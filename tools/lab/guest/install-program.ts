import { basename, join } from 'node:path';

import { build } from 'esbuild';

import { REPOSITORY_IN_GUEST, type Guest } from './guest.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = '/program';

/**
 * Bundles a program of `in-guest/` with our packages and puts it into the guest; resolves to its path there.
 * From sources it would take the emulated processor ten seconds and more to begin. Native modules come from the
 * mounted repository.
 */
export async function installProgram(guest: Guest, name: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: {
      [name]: `tools/lab/in-guest/${name}.ts`,
      // What our packages start beside themselves.
      'payload-worker': 'packages/age/src/payload/payload-worker.ts',
      'module-process': 'packages/token/src/module/module-process.ts',
    },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    external: ['pkcs11js'],
    outdir: FOLDER,
    write: false,
    logLevel: 'warning',
  });
  await guest.check(`mkdir -p ${FOLDER} && ln -sfn ${REPOSITORY_IN_GUEST}/node_modules ${FOLDER}`);
  await guest.check(`echo '{"type":"module"}' >${FOLDER}/package.json`);
  for (const { path, contents } of outputFiles) {
    await guest.check(`cat >${FOLDER}/${basename(path)}`, { input: contents });
  }
  return `${FOLDER}/${name}.js`;
}
