// Bundles apps/server into apps/server/dist: the program, and chunks for what is imported lazily.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { builtinsByName } from './plugins.ts';
import { thirdPartyNotices } from './third-party.ts';

const root = join(import.meta.dirname, '../..');
const server = join(root, 'apps/server');
const dist = join(server, 'dist');

rmSync(dist, { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'esnext',
  legalComments: 'none',
  // Names are kept: a stack trace, and whoever audits the package, can be read with them.
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  logLevel: 'warning',
  entryPoints: {
    'holdfast-server': join(server, 'src/holdfast-server.ts'),
    'payload-worker': join(root, 'packages/age/src/payload/payload-worker.ts'),
    'module-process': join(root, 'packages/token/src/module/module-process.ts'),
  },
  splitting: true,
  // All in one folder: the payload starts payload-worker.js beside itself, and a token's module module-process.js.
  chunkNames: 'chunk-[hash]',
  mainFields: ['module', 'main'],
  plugins: [builtinsByName],
  // A native driver, and what only PostgreSQL takes: both optional.
  external: ['usb', 'pg', 'pg-boss'],
});

const program = join(dist, 'holdfast-server.js');
chmodSync(program, 0o755);
const help = execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' });
if (!help.includes('--insecure-loopback')) throw new Error(`--help printed no help: ${help}`);

writeFileSync(join(dist, 'THIRD-PARTY.txt'), thirdPartyNotices(root, metafile));
copyFileSync(join(root, 'LICENSE'), join(server, 'LICENSE'));

// Without it the server says that it came without.
const builtConsole = join(root, 'apps/console/dist');
if (existsSync(builtConsole)) cpSync(builtConsole, join(dist, 'console'), { recursive: true });

// npm links programs only when they exist at install time.
const link = join(root, 'node_modules/.bin/holdfast-server');
if (!existsSync(link)) {
  rmSync(link, { force: true });
  symlinkSync('../@holdfast/server/dist/holdfast-server.js', link);
}
