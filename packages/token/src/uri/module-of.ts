import { basename } from 'node:path';
import type { ModuleSetting } from '../ports.ts';
import type { TokenUri } from './token-uri.ts';

/**
 * Of the modules in use, those that a URI means: all, unless it has "module-path", or "module-name", which is
 * a file name without "lib" before it and its extension after it. A path that is not among them is one more
 * module: only a trusted URI can name it.
 */
export function moduleOf(
  uri: TokenUri,
  settings: readonly ModuleSetting[],
): readonly ModuleSetting[] {
  const { 'module-path': path, 'module-name': name } = uri;
  const known = path === undefined ? settings : settings.filter((setting) => setting.path === path);
  const meant = path !== undefined && known.length === 0 ? [{ path }] : known;
  return name === undefined ? meant : meant.filter((setting) => hasName(setting.path, name));
}

function hasName(path: string, name: string): boolean {
  const file = basename(path);
  const stem = file.replace(/\.(?:so(?:\.\d+)*|dylib|dll)$/i, '');
  return [file, stem, stem.replace(/^lib/, '')].includes(name);
}
