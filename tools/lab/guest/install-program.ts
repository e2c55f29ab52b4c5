import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';

import { builtinsByName } from '../../bundle/plugins.ts';
import { REPOSITORY_IN_GUEST } from './guest.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Where the guest sees it too, with the native modules that lie above it. */
const CACHE = 'node_modules/.cache/holdfast-lab';

/** Many guests run the same program. */
const bundles = new Map<string, Promise<unknown>>();

/**
 * Bundles a program of `in-guest/` with our packages, in the mounted repository; resolves to its path in the guest.
 * From sources it would take the emulated processor ten seconds and more to begin.
 */
export async function installProgram(name: string): Promise<string> {
  if (!bundles.has(name)) bundles.set(name, bundle(name));
  await bundles.get(name);
  return `${REPOSITORY_IN_GUEST}/${CACHE}/${name}/${name}.js`;
}

async function bundle(name: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: {
      [name]: `tools/lab/in-guest/${name}.ts`,
      // What our packages start beside themselves.
      'payload-worker': 'packages/age/src/payload/payload-worker.ts',
      'module-process': 'packages/token/src/module/module-process.ts',
    },
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    // A module that requires one of Node’s own cannot in a bundle of ES modules.
    plugins: [builtinsByName],
    external: ['pkcs11js', 'usb'],
    outdir: `${CACHE}/${name}`,
    logLevel: 'warning',
  });
  await writeFile(join(ROOT, CACHE, 'package.json'), '{"type":"module"}\n');
}
