import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Metafile } from 'esbuild';

/** The names, versions and licence texts of the packages whose code went into a bundle. */
export function thirdPartyNotices(root: string, metafile: Metafile): string {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const path of Object.keys(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const notices = [...folders].map((folder) => notice(join(root, folder)));
  return [
    'Holdfast contains code of these packages.',
    ...notices.sort((a, b) => a.localeCompare(b, 'en')),
  ].join(`\n\n${'-'.repeat(80)}\n\n`);
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const texts = globSync('{LICEN[CS]E,licen[cs]e,NOTICE,COPYING}*', { cwd: folder })
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  const title = `${String(manifest['name'])} ${String(manifest['version'])} (${String(manifest['license'])})`;
  return [title, ...texts].join('\n\n') + '\n';
}
