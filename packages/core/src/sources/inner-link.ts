import { posix } from 'node:path';

/**
 * Where a symbolic link inside a tree points, as a name in that tree; `null` when it leaves the tree, or
 * might: an absolute target, more `..` than there are folders above it, or a `..` behind another link.
 */
export function innerLinkTarget(name: string, target: string): string | null {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return null;
  // Above the link are true folders only; after the first name down there may be other links.
  if (/(?:^|\/)(?!\.\.?\/)[^/]+\/(?:.*\/)?\.\.(?:\/|$)/.test(target)) return null;
  const found = posix.join(posix.dirname(name), target);
  return found === '..' || found.startsWith('../') ? null : found.replace(/\/$/, '');
}
