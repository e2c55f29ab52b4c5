import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError } from '@holdfast/media/durable';

/** Where discovery could not look, and why. */
export interface Blind {
  /** On this machine. */
  readonly path: string;
  readonly why: string;
}

/** Something that is there. */
export interface Seen {
  /** Inside the root, all links followed. */
  readonly inside: string;
  /** The same on this machine. */
  readonly path: string;
  readonly status: Stats;
  /** What the link says that the last name is; `null`: it is none. */
  readonly link: string | null;
}

/** A file tree below a folder that stands for `/`. Names and status are read, and no file is ever opened. */
export interface Rooted {
  readonly prefix: string;
  /** `null`: it is not there, or cannot be looked at, which is told. */
  look(path: string): Promise<Seen | null>;
  /** Sorted; none when it is no folder, or cannot be listed, which is told. */
  names(path: string): Promise<readonly string[]>;
}

const MOST_LINKS = 40;

type Status = Stats | 'absent' | 'hidden';

/**
 * Links are followed as the system on that disk would follow them, so that none leads out of the root.
 * `blind` is told of what is hidden from us, possibly more than once.
 */
export function rootedAt(root: string, blind: (it: Blind) => void): Rooted {
  const prefix = root === '/' ? '' : root;
  const known = new Map<string, Status>();
  const lists = new Map<string, readonly string[]>();

  const statusOf = async (inside: string): Promise<Status> => {
    try {
      return await lstat(`${prefix}${inside}` || '/');
    } catch (cause) {
      if (!isSystemError(cause)) throw cause;
      if (isAbsent(cause.code)) return 'absent';
      const hidden = cause.code === 'EACCES' ? dirname(inside) : inside;
      blind({ path: join(prefix, hidden), why: reason(cause.code) });
      return 'hidden';
    }
  };
  const cached = async (inside: string): Promise<Status> => {
    const before = known.get(inside);
    // What is hidden is told again: it is another preset that is looked for.
    if (before !== undefined && before !== 'hidden') return before;
    const now = await statusOf(inside);
    known.set(inside, now);
    return now;
  };

  const look: Rooted['look'] = async (path) => {
    const todo = parts(path);
    let inside = '';
    let status = await cached('');
    let link: string | null = null;
    let links = 0;
    for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
      if (name === '..') {
        inside = inside === '' ? '' : dirname(inside).replace(/^\/$/, '');
        status = await cached(inside);
        continue;
      }
      const next = `${inside}/${name}`;
      status = await cached(next);
      if (typeof status === 'object' && status.isSymbolicLink()) {
        links += 1;
        const target = await readlink(`${prefix}${next}`);
        if (todo.length === 0) link ??= target;
        if (links > MOST_LINKS) {
          blind({ path: join(prefix, path), why: 'its links lead in a circle' });
          return null;
        }
        if (target.startsWith('/')) inside = '';
        todo.unshift(...parts(target));
        status = await cached(inside);
        continue;
      }
      if (typeof status === 'string') {
        if (link !== null && status === 'absent')
          blind({ path: join(prefix, path), why: `it is a link to ${link}, and nothing is there` });
        return null;
      }
      inside = next;
    }
    return typeof status === 'string' ? null : { inside, path: join(prefix, inside), status, link };
  };

  const list = async (path: string): Promise<readonly string[]> => {
    const folder = await look(path);
    if (folder?.status.isDirectory() !== true) return [];
    try {
      const names = await readdir(folder.path);
      return names.toSorted();
    } catch (cause) {
      if (!isSystemError(cause)) throw cause;
      if (!isAbsent(cause.code)) blind({ path: folder.path, why: reason(cause.code) });
      return [];
    }
  };

  return {
    prefix,
    look,
    async names(path) {
      const names = lists.get(path) ?? (await list(path));
      // None may mean that it cannot be listed, which is told again.
      if (names.length > 0) lists.set(path, names);
      return names;
    },
  };
}

function parts(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function join(prefix: string, inside: string): string {
  return `${prefix}${inside}` || '/';
}

function isAbsent(code: string): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

function reason(code: string): string {
  return code === 'EACCES' || code === 'EPERM'
    ? 'there is no permission'
    : `the system refused (${code})`;
}
