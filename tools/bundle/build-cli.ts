// Bundles apps/cli into apps/cli/dist: a tiny entry, the main chunk, and chunks for what is imported lazily.
import { chmodSync, copyFileSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { build, type BuildOptions } from 'esbuild';

import { builtinsByName, lightStandIns, restIsBeside } from './plugins.ts';
import { thirdPartyNotices } from './third-party.ts';

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'apps/cli');
const dist = join(cli, 'dist');

/** What package.json promises to install. */
const PROGRAMS = {
  holdfast: 'holdfast.js',
  'age-plugin-holdfast': 'age-plugin-holdfast.js',
  'age-plugin-tag': 'age-plugin-holdfast.js',
};

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  format: 'esm',
  platform: 'node',
  legalComments: 'none',
  // Names are kept: a stack trace, and whoever audits the package, can be read with them.
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

rmSync(dist, { recursive: true, force: true });

const { metafile } = await build({
  ...common,
  entryPoints: {
    main: join(cli, 'src/main.ts'),
    'run-plugin': join(cli, 'src/plugin/run-plugin.ts'),
    'payload-worker': join(root, 'packages/age/src/payload/payload-worker.ts'),
    'module-process': join(root, 'packages/token/src/module/module-process.ts'),
  },
  splitting: true,
  // All in one folder: the payload starts payload-worker.js beside itself, and a token's module module-process.js.
  chunkNames: 'chunk-[hash]',
  // Node 24 runs it all, `using` included: nothing is lowered.
  target: 'esnext',
  // An ES module where there is a choice: only those keep their names when they are imported lazily.
  mainFields: ['module', 'main'],
  plugins: [builtinsByName, lightStandIns],
  // A native driver, which is optional.
  external: ['usb', 'pg-boss'],
});

for (const { entryPoint = '' } of Object.values(metafile.outputs)) {
  if (metafile.inputs[entryPoint]?.format === 'cjs') {
    throw new Error(`${entryPoint} is imported lazily, but as CommonJS: its exports would be lost`);
  }
}

const print = `import('./main.js').then(async ({ run }) => run(['--help']))`;
const help = execFileSync(process.execPath, ['--input-type=module', '-e', print], {
  cwd: dist,
  encoding: 'utf8',
  env: { HOME: dist, NO_COLOR: '1', LC_ALL: 'C' },
});
if (!help.includes('backup')) throw new Error(`--help printed no help: ${help}`);

await build({
  ...common,
  entryPoints: {
    holdfast: join(cli, 'src/holdfast.ts'),
    'age-plugin-holdfast': join(cli, 'src/age-plugin-holdfast.ts'),
  },
  target: 'es2018',
  define: { HOLDFAST_HELP: JSON.stringify(help) },
  banner: { js: '#!/usr/bin/env node' },
  plugins: [lightStandIns, restIsBeside],
});

for (const program of new Set(Object.values(PROGRAMS))) chmodSync(join(dist, program), 0o755);
writeFileSync(join(dist, 'THIRD-PARTY.txt'), thirdPartyNotices(root, metafile));
for (const name of ['LICENSE', 'README.md']) copyFileSync(join(root, name), join(cli, name));

// npm links programs only when they exist at install time. Without the links, npx would look for them elsewhere.
for (const [name, program] of Object.entries(PROGRAMS)) {
  const link = join(root, 'node_modules/.bin', name);
  if (existsSync(link)) continue;
  rmSync(link, { force: true });
  symlinkSync(`../@holdfast/cli/dist/${program}`, link);
}
