import type { Blind, Rooted, Seen } from './rooted.ts';

/** A path that fits a pattern, and is there. */
export interface Match {
  /** As it is written there, links not followed. */
  readonly path: string;
  /** Those of its names that the pattern left open. */
  readonly open: readonly string[];
  readonly seen: Seen;
}

/**
 * Everything that a pattern fits, below the folder `from`, whose own path is no pattern: `*` is any part of a name;
 * as in a shell, no leading dot.
 */
export async function matchesOf(
  pattern: string,
  tree: Rooted,
  blind: (it: Blind) => void,
  from = '',
): Promise<readonly Match[]> {
  let found: { path: string; open: readonly string[] }[] = [{ path: from, open: [] }];
  for (const name of pattern.split('/').filter(Boolean)) {
    if (!name.includes('*')) {
      found = found.map(({ path, open }) => ({ path: `${path}/${name}`, open }));
      continue;
    }
    const fits = fitting(name);
    const next: typeof found = [];
    for (const { path, open } of found) {
      for (const entry of await tree.names(path)) {
        if (!fits(entry)) continue;
        if (entry.includes('\uFFFD')) {
          // Such a name cannot be given back to the system as it is.
          blind({ path: `${tree.prefix}${path}/${entry}`, why: 'its name is not UTF-8' });
        } else {
          next.push({ path: `${path}/${entry}`, open: [...open, entry] });
        }
      }
    }
    found = next;
  }
  const there: Match[] = [];
  for (const { path, open } of found) {
    const seen = await tree.look(path);
    if (seen !== null) there.push({ path, open, seen });
  }
  return there;
}

function fitting(pattern: string): (name: string) => boolean {
  const source = pattern
    .split('*')
    .map((part) => RegExp.escape(part))
    .join('.*');
  const whole = new RegExp(`^${source}$`, 's');
  return (name) => whole.test(name) && (pattern.startsWith('.') || !name.startsWith('.'));
}
